import { DEAD_LETTER_KINDS, type DeadLetterFilter } from "@payonce/db/operations";
import { z } from "zod";
import { deadLetterFilter } from "../../actions/retry-many.ts";

const { search, merchantId, providerAccount, reason, outcomeUnknown, olderThanMs, newerThanMs } =
  deadLetterFilter.shape;

/** Which dead letters, in the words of the API. */
const fields = {
  search: search.meta({
    description:
      "A payment's id, order reference, idempotency key or object at the provider, whole; of refunds, the refund's or its payment's",
    example: "order-1001",
  }),
  merchant_id: merchantId.meta({ description: "The merchant's id" }),
  provider_account: providerAccount.meta({
    description: "The account at the provider",
    example: "acct_1Nv0FG",
  }),
  reason: reason.meta({ description: "Why they were dead-lettered", example: "attempts_spent" }),
  outcome_unknown: outcomeUnknown.meta({ description: "Whether money may have moved" }),
  older_than_ms: olderThanMs.meta({
    description: "Dead-lettered at least so many milliseconds ago",
    example: 3_600_000,
  }),
  newer_than_ms: newerThanMs.meta({ description: "Dead-lettered less than so many milliseconds ago" }),
};

export const deadLetterFilterSchema = z
  .strictObject(fields)
  .meta({ id: "DeadLetterFilter", description: "What is left out does not matter; an empty filter means all" });

/** The same filter as a query gives it, where everything is text. */
export const filterQuery = {
  ...fields,
  outcome_unknown: z
    .enum(["true", "false"], "must be true or false")
    .transform((text) => text === "true")
    .optional()
    .meta({ description: "Whether money may have moved", type: "boolean" }),
  older_than_ms: fromText(fields.older_than_ms),
  newer_than_ms: fromText(fields.newer_than_ms),
};

function fromText(ageMs: typeof fields.older_than_ms) {
  const what = "must be a whole number of milliseconds";
  return z
    .string(what)
    .regex(/^\d{1,12}$/, what)
    .transform(Number)
    .pipe(ageMs.unwrap())
    .optional()
    .meta({ description: ageMs.meta()?.description, type: "integer", minimum: 0 });
}

/** Of what: payments and refunds are listed apart, because each list goes by its own ids. */
export const deadLetterKind = z
  .enum(DEAD_LETTER_KINDS, `must be one of ${DEAD_LETTER_KINDS.join(", ")}`)
  .meta({ description: "Whether payments or refunds", example: "refund" });

/** The filter as everything behind the API knows it. */
export function toFilter(filter: z.output<typeof deadLetterFilterSchema>): DeadLetterFilter {
  return {
    search: filter.search,
    merchantId: filter.merchant_id,
    providerAccount: filter.provider_account,
    reason: filter.reason,
    outcomeUnknown: filter.outcome_unknown,
    olderThanMs: filter.older_than_ms,
    newerThanMs: filter.newer_than_ms,
  };
}

/** And back, for a filter that was kept. */
export function fromFilter(filter: DeadLetterFilter): z.input<typeof deadLetterFilterSchema> {
  return {
    search: filter.search,
    merchant_id: filter.merchantId,
    provider_account: filter.providerAccount,
    reason: filter.reason,
    outcome_unknown: filter.outcomeUnknown,
    older_than_ms: filter.olderThanMs,
    newer_than_ms: filter.newerThanMs,
  };
}
