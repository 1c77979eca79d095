export { type AcceptRequest, type AcceptResult, acceptPayments } from "./accept.ts";
export { type CancelResult, cancelPayment, finishCancel } from "./cancel.ts";
export { type Claim, type ClaimRequest, claimPayments, type ProviderIdentity } from "./claim.ts";
export { readClientSecretKey } from "./client-secret-key.ts";
export { connectDatabase, type Database, type DatabaseOptions } from "./connect.ts";
export { isContention, isUnavailable, sqlState } from "./database-error.ts";
export { findOutdatedDeadLetters, listDeadLettered } from "./dead-letters.ts";
export { type ApiKeyOwner, findApiKeys, type KeyLookup } from "./find-api-keys.ts";
export { findPayment } from "./find-payments.ts";
export { adoptOutcome, type InspectedPayment, readForInspection } from "./inspect.ts";
export { isMigrated } from "./is-migrated.ts";
export { isQueuePaused } from "./is-queue-paused.ts";
export { listPayments, type PaymentFilter } from "./list-payments.ts";
export { type ListenOptions, listen } from "./listen.ts";
export { isKnownOrigin, listOrigins, replaceOrigins } from "./merchant-origins.ts";
export { type NextWake, readNextWake } from "./next-wake.ts";
export { noteKeyUse } from "./note-key-use.ts";
export { type AnomalyReport, openAnomalies, openAnomaly } from "./open-anomaly.ts";
export { readOutboxBacklog } from "./outbox-backlog.ts";
export type { PaymentRow } from "./payment-row.ts";
export { readTimelines, type Timeline, type TimelinePosition } from "./read-timelines.ts";
export {
  findUnlistedPayments,
  listFindings,
  type PaymentPage,
  type ReconciledPage,
  type ReconciledPayment,
  type ReconciliationFinding,
  readChargedPayments,
  saveReconciledPage,
  type ToldFinding,
} from "./reconciliation.ts";
export { withReconciliationLock } from "./reconciliation-lock.ts";
export {
  finishReconciliation,
  openReconciliation,
  openScheduledReconciliation,
  type ReconciliationRun,
  type ReconciliationSchedule,
} from "./reconciliation-run.ts";
export { type ProviderEvent, readInstallationId, recordProviderEvent } from "./record-provider-event.ts";
export { type AcceptRefundResult, acceptRefund, type RefundRequest } from "./refunds/accept-refund.ts";
export { type AnnounceRequest, announceRefund } from "./refunds/announce-refund.ts";
export { claimRefund, type RefundClaim, type RefundClaimRequest } from "./refunds/claim-refund.ts";
export {
  type ComparedPayment,
  type ComparedRefund,
  findKnownRefunds,
  readRefundsForComparison,
  wakeRefund,
} from "./refunds/compared-refunds.ts";
export { findRefund, listRefunds } from "./refunds/find-refunds.ts";
export { moveRefund, postponeLook, type RefundMove } from "./refunds/move-refund.ts";
export { type NextRefundWake, readNextRefundWake } from "./refunds/next-refund-wake.ts";
export { findOutdatedRefundDeadLetters, listDeadLetteredRefunds } from "./refunds/refund-dead-letters.ts";
export type { RefundRow } from "./refunds/refund-row.ts";
export { type RefundRetryResult, type RefundRetryTarget, retryRefunds } from "./refunds/retry-refunds.ts";
export { reviewRefunds } from "./refunds/review-refunds.ts";
export { type SettleRefundRequest, settleRefund } from "./refunds/settle-refund.ts";
export { dispatchRefundsAgain, findOverdueRefunds, type OverdueRefund } from "./refunds/sweep-refunds.ts";
export { type OutboxKind, type OutboxRow, relayBatch } from "./relay-batch.ts";
export { type PurgedHistory, purgeHistory } from "./retention/purge-history.ts";
export { type EventPlace, FIRST_EVENT, purgeProviderEvents } from "./retention/purge-provider-events.ts";
export { makeTestMerchant, seedMerchant, type TestMerchant } from "./seed-merchant.ts";
export { type SettleRequest, settleAttempts } from "./settle.ts";
export {
  createSharedStatement,
  type SharedStatement,
  SharedStatementFull,
  type SharedStatementOptions,
} from "./shared-statement.ts";
export {
  type StoreRequest,
  type StoreResult,
  storeProviderObject,
  storeProviderObjects,
} from "./store-provider-object.ts";
export { dispatchAgain, FIRST_PAGE, findOverduePayments, type OverduePayment } from "./sweep.ts";
export { type TendedTables, tendTables } from "./tend-tables.ts";
export { toPaymentResource } from "./to-payment-resource.ts";
