export { type Actor, type AuditEntry, appendAudit, withAudit } from "./audit.ts";
export {
  type BulkRun,
  type BulkRunRequest,
  type BulkSelection,
  changeBulkRun,
  countSelection,
  listBulkRuns,
  readBulkRun,
  type SelectionCount,
  startBulkRun,
} from "./bulk-runs.ts";
export { cancelAsOperator, type OperatorCancelResult } from "./cancel-as-operator.ts";
export {
  CHARGER_REPORT_INTERVAL_MS,
  type ChargerReport,
  readChargerReports,
  reportCharger,
  withdrawCharger,
} from "./charger-reports.ts";
export { type DeadLetterFilter, deadLetterConditions } from "./dead-letter-filter.ts";
export { type DiscardResult, discardDeadLetter } from "./discard.ts";
export { type LookUpResult, lookUp } from "./look-up.ts";
export type { OperatedPayment } from "./operate-on-payment.ts";
export {
  createOperatorSession,
  deleteExpiredOperatorSessions,
  endOperatorSession,
  endOperatorSessions,
  findOperatorSession,
  SESSION_IDLE_MINUTES,
  SESSION_LIFETIME_HOURS,
} from "./operator-sessions.ts";
export {
  createOperatorToken,
  findOperatorByToken,
  hashOperatorToken,
  type ListedOperatorToken,
  listOperatorTokens,
  revokeOperatorToken,
} from "./operator-tokens.ts";
export {
  addOperator,
  type ChangeOperatorResult,
  disableOperator,
  enableOperator,
  findOperatorCredentials,
  type ListedOperator,
  listOperators,
  type Operator,
  type OperatorCredentials,
  ROLES,
  type Role,
  replacePasswordHash,
  setOperatorPasswordHash,
  setOperatorRole,
  USERNAME,
} from "./operators.ts";
export { listQueuePauses, pauseQueue, type QueuePause, resumeQueue } from "./pause-queue.ts";
export { type ResolvedAs, type ResolveResult, resolveDeadLetter } from "./resolve.ts";
export {
  ANOMALY_RESOLUTIONS,
  type AnomalyResolution,
  type ResolveAnomalyResult,
  resolveAnomaly,
} from "./resolve-anomaly.ts";
export { type RetryResult, type RetryTarget, retryDeadLetters } from "./retry.ts";
export { runBulkBatch } from "./run-bulk-batch.ts";
