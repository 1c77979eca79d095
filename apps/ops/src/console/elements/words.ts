// What the codes of the system mean, for people. A code without words is shown as it is, so that nothing is hidden.

const DEAD_LETTER_REASONS: Record<string, string> = {
  attempts_spent: "Attempts spent",
  no_progress: "No progress",
  provider_mismatch: "Provider mismatch",
};

const DEAD_LETTER_MEANINGS: Record<string, string> = {
  attempts_spent: "All its attempts are spent.",
  no_progress: "It made no progress: ten jobs in a row led to no attempt.",
  provider_mismatch: "The provider's object is not this payment: its amount, currency or id is another.",
};

const ANOMALIES: Record<string, string> = {
  provider_mismatch: "The provider's object differs in amount, currency, id or account",
  succeeded_without_charge: "Succeeded here, and the provider has no charge",
  charged_though_declined: "Declined here, and the provider has charged",
  charged_though_canceled: "Canceled here, and the provider has charged",
  charged_though_dead_lettered: "Held to be not charged here, and the provider has charged",
  charge_without_payment: "The provider has a charge that belongs to no payment here",
  charged_object_not_stored: "The provider has charged another object than the payment's own",
  refund_not_at_provider: "A refund that was seen at the provider is not there any more",
};

const ACTIONS: Record<string, string> = {
  retry: "Retried",
  discard: "Discarded",
  resolve: "Resolved with evidence",
  look_up: "Looked up at the provider",
  cancel: "Canceled",
  retry_refund: "Retried a refund",
  discard_refund: "Discarded a refund",
  resolve_refund: "Resolved a refund with evidence",
  look_up_refund: "Looked a refund up at the provider",
  redeliver_webhook: "Sent a webhook again",
  redeliver_webhooks: "Sent an endpoint's webhooks again",
  enable_webhook_endpoint: "Enabled a webhook endpoint",
  disable_webhook_endpoint: "Disabled a webhook endpoint",
  set_allowed_origins: "Set a merchant's allowed origins",
  resolve_anomaly: "Resolved an anomaly",
  pause_queue: "Paused a queue",
  resume_queue: "Resumed a queue",
  start_bulk_run: "Started a bulk run",
  abort_bulk_run: "Aborted a bulk run",
  resume_bulk_run: "Resumed a bulk run",
  add_operator: "Added an operator",
  disable_operator: "Disabled an operator",
  enable_operator: "Enabled an operator",
  set_role: "Set an operator's role",
  set_password: "Set an operator's password",
  create_operator_token: "Created an operator token",
  revoke_operator_token: "Revoked an operator token",
  create_merchant: "Created a merchant",
  create_api_key: "Created an API key",
  rotate_api_key: "Rotated an API key",
  revoke_api_key: "Revoked an API key",
};

const OUTBOX_KINDS: Record<string, string> = {
  accepted: "the payment's first job, and an event",
  dispatch: "a new job",
  look_again: "a look at the provider",
  event: "an event",
  dead_lettered: "the dead letter, and an event",
  refund_dispatch: "a refund's job",
  refund_look: "a look at a refund",
  refund_dead_lettered: "a refund's dead letter",
  refunds_compare: "a look at the refunds",
};

const DELIVERY_DEAD: Record<string, string> = {
  attempts_spent: "Given up: all its attempts are spent",
  no_progress: "Given up: its jobs led nowhere",
  endpoint_disabled: "Kept back until its endpoint is enabled",
  endpoint_deleted: "Its endpoint is deleted",
};

const REFUND_REASONS: Record<string, string> = {
  duplicate: "Charged twice",
  fraudulent: "Fraud",
  requested_by_customer: "The customer asked for it",
};

const RESOLUTIONS: Record<string, string> = {
  refunded: "Refunded",
  accepted: "Accepted as it is",
  false_alarm: "False alarm",
  other: "Other",
};

export const AUDIT_ACTIONS: readonly string[] = Object.keys(ACTIONS);

const lookUp = (words: Record<string, string>, code: string) => (Object.hasOwn(words, code) ? words[code] : undefined);
const readable = (code: string) => code.replaceAll("_", " ");

export const deadLetterReasonWords = (code: string) => lookUp(DEAD_LETTER_REASONS, code) ?? readable(code);
/** The same in a sentence. */
export const deadLetterMeaning = (code: string) => lookUp(DEAD_LETTER_MEANINGS, code) ?? `${readable(code)}.`;
export const outboxWords = (kind: string) => lookUp(OUTBOX_KINDS, kind) ?? readable(kind);
export const anomalyWords = (kind: string) => lookUp(ANOMALIES, kind) ?? readable(kind);
export const actionWords = (action: string) => lookUp(ACTIONS, action) ?? readable(action);
export const deliveryDeadWords = (reason: string) => lookUp(DELIVERY_DEAD, reason) ?? readable(reason);
export const refundReasonWords = (reason: string) => lookUp(REFUND_REASONS, reason) ?? readable(reason);
export const resolutionWords = (resolution: string) => lookUp(RESOLUTIONS, resolution) ?? readable(resolution);
