export { type AcceptRequest, type AcceptResult, acceptPayments } from "./accept.ts";
export { type CancelResult, cancelPayment, finishCancel } from "./cancel.ts";
export { type Claim, type ClaimRequest, claimPayments, type ProviderIdentity } from "./claim.ts";
export { connectDatabase, type Database, type DatabaseOptions } from "./connect.ts";
export { isContention, isUnavailable, sqlState } from "./database-error.ts";
export { findOutdatedDeadLetters, listDeadLettered } from "./dead-letters.ts";
export { type ApiKeyOwner, findApiKey } from "./find-api-key.ts";
export { findPayment, listPayments } from "./find-payments.ts";
export { adoptOutcome, type InspectedPayment, readForInspection } from "./inspect.ts";
export { isQueuePaused } from "./is-queue-paused.ts";
export { type NextWake, readNextWake } from "./next-wake.ts";
export { type AnomalyReport, openAnomalies, openAnomaly } from "./open-anomaly.ts";
export { readOutboxBacklog } from "./outbox-backlog.ts";
export type { PaymentRow } from "./payment-row.ts";
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
export { type OutboxKind, type OutboxRow, relayBatch } from "./relay-batch.ts";
export { makeTestMerchant, seedMerchant, type TestMerchant } from "./seed-merchant.ts";
export { type SettleRequest, settleAttempts } from "./settle.ts";
export { storeProviderObject } from "./store-provider-object.ts";
export { dispatchAgain, FIRST_PAGE, findOverduePayments, type OverduePayment } from "./sweep.ts";
