export {
  API_KEY_KINDS,
  API_KEY_MODES,
  type ApiKey,
  type ApiKeyKind,
  type ApiKeyMode,
  createApiKey,
  listApiKeys,
  type NewApiKey,
  type RevokeResult,
  type RotateResult,
  revokeApiKey,
  rotateApiKey,
} from "./api-keys.ts";
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
export { findPaymentsForOperators, ORDER_SCAN_LIMIT } from "./find-payments-for-operators.ts";
export { type DeadLetterGroup, type DeadLetterGroups, groupDeadLetters } from "./group-dead-letters.ts";
export { type Anomaly, type AnomalyEnd, listAnomalies, readAnomaly } from "./list-anomalies.ts";
export { AUDIT_SCAN_LIMIT, type AuditFilter, type AuditRow, listAudit } from "./list-audit.ts";
export { listStuckOutboxRows, type StuckOutboxRow } from "./list-outbox-rows.ts";
export {
  LIST_SCAN_LIMIT,
  listPaymentsForOperators,
  type PaymentListFilter,
  type PaymentListPage,
} from "./list-payments-for-operators.ts";
export type { ListedPayment } from "./listed-payment.ts";
export { type LookUpResult, lookUp } from "./look-up.ts";
export { createMerchant, type ListedMerchant, listMerchants, type Merchant } from "./merchants.ts";
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
export { type DeadLetterFacets, readDeadLetterFacets } from "./read-dead-letter-facets.ts";
export { type MigrationState, readMigrationState } from "./read-migration-state.ts";
export { type Overdue, readOverdue } from "./read-overdue.ts";
export {
  type BoundedCount,
  OVERVIEW_COUNT_LIMIT,
  type Overview,
  readOverview,
} from "./read-overview.ts";
export {
  type EvidencedAttempt,
  type EvidencedPayment,
  type PaymentAction,
  type PaymentEvidence,
  readPaymentEvidence,
} from "./read-payment-evidence.ts";
export { countConnections, type PostgresFacts, readPostgresFacts } from "./read-postgres-facts.ts";
export { type ResolvedAs, type ResolveResult, resolveDeadLetter } from "./resolve.ts";
export {
  ANOMALY_RESOLUTIONS,
  type AnomalyResolution,
  type ResolveAnomalyResult,
  resolveAnomaly,
} from "./resolve-anomaly.ts";
export { type RetryResult, type RetryTarget, retryDeadLetters } from "./retry.ts";
export { runBulkBatch } from "./run-bulk-batch.ts";
export { type DeadLetter, readDeadLetters, searchDeadLetters } from "./search-dead-letters.ts";
