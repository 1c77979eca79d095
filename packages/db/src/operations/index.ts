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
export { type BoundedCount, OVERVIEW_COUNT_LIMIT } from "./bounded-count.ts";
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
export {
  DEAD_LETTER_KINDS,
  type DeadLetterFilter,
  type DeadLetterKind,
  deadLetterConditions,
} from "./dead-letter-filter.ts";
export { type DiscardResult, discardDeadLetter } from "./discard.ts";
export { findPaymentsForOperators, ORDER_SCAN_LIMIT } from "./find-payments-for-operators.ts";
export {
  type DeadLetterGroup,
  type DeadLetterGroups,
  groupDeadLetters,
  groupDeadLettersOf,
} from "./group-dead-letters.ts";
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
export { type ReplaceOriginsResult, replaceOriginsAsOperator } from "./merchant-origins.ts";
export { createMerchant, type ListedMerchant, listMerchants, type Merchant, readMerchant } from "./merchants.ts";
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
export { type Overview, readOverview } from "./read-overview.ts";
export {
  type EvidencedAttempt,
  type EvidencedPayment,
  type PaymentAction,
  type PaymentEvidence,
  readPaymentEvidence,
} from "./read-payment-evidence.ts";
export { countConnections, type PostgresFacts, readPostgresFacts } from "./read-postgres-facts.ts";
export { type DiscardRefundResult, discardRefund } from "./refunds/discard-refund.ts";
export type { EvidencedRefund, EvidencedRefundAttempt } from "./refunds/evidenced-refund.ts";
export {
  findPaymentOfRefund,
  type ListedRefund,
  listRefundsForOperators,
  type RefundListFilter,
} from "./refunds/list-refunds-for-operators.ts";
export { type LookUpRefundResult, lookUpRefund } from "./refunds/look-up-refund.ts";
export { type OperatedRefund, REFUND_ON_ITS_WAY_MINUTES } from "./refunds/operate-on-refund.ts";
export { type RefundOverview, readRefundOverview } from "./refunds/read-refund-overview.ts";
export {
  type RefundResolution,
  type RefundResolvedAs,
  type ResolveRefundResult,
  resolveRefund,
} from "./refunds/resolve-refund.ts";
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
export { type ChangeEndpointResult, disableEndpoint, enableEndpoint } from "./webhooks/change-endpoint.ts";
export {
  listDeliveriesForOperators,
  type OperatedDelivery,
  type OperatedDeliveryFilter,
  readDelivery,
} from "./webhooks/list-deliveries.ts";
export {
  ENDPOINT_COUNT_LIMIT,
  ENDPOINT_TROUBLES,
  type EndpointTrouble,
  listEndpointsForOperators,
  type OperatedEndpoint,
  readEndpoint,
} from "./webhooks/list-endpoints.ts";
export { readSealedSecrets } from "./webhooks/read-sealed-secrets.ts";
export { readWebhookOverview, type WebhookOverview } from "./webhooks/read-webhook-overview.ts";
export {
  REDELIVER_LIMIT,
  type RedeliverAllResult,
  type RedeliverOneResult,
  redeliverAll,
  redeliverOne,
} from "./webhooks/redeliver-as-operator.ts";
