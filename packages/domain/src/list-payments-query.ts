import { z } from "zod";
import { idSchema } from "./ids.ts";
import { MAX_LIST_LIMIT } from "./payment-resource.ts";
import { PAYMENT_STATES, type PaymentState } from "./payment-state.ts";
import { text } from "./text.ts";
import { wholeNumber } from "./whole-number.ts";

const STATUS = `must be one of ${PAYMENT_STATES.join(", ")}, or several of them separated by commas, given once`;

const statuses = z
  .string(STATUS)
  .transform((list) => [...new Set(list.split(","))] as PaymentState[])
  .refine((states) => states.every((state) => PAYMENT_STATES.includes(state)), STATUS);

// "+" in a query is a blank, which is how most mistakes with an offset look when they arrive.
const TIME = "must be an ISO 8601 date, or a time with Z or an offset (write + as %2B), given once";

/** A date is its first moment in UTC. */
const time = z
  .string(TIME)
  .refine((value) => z.union([z.iso.datetime({ offset: true }), z.iso.date()]).safeParse(value).success, TIME)
  .transform((value) => new Date(value));

/** Query of `GET /v1/payments`. */
export const listPaymentsQuerySchema = z
  .strictObject({
    status: statuses.optional().meta({
      type: "string",
      description: `Of these states, separated by commas: ${PAYMENT_STATES.join(", ")}`,
      example: "queued,unknown",
    }),
    order_reference: text(200).optional().meta({ description: "Of this order", example: "1001" }),
    created_from: time.optional().meta({
      type: "string",
      description: "Created at this time or later: a date (its first moment in UTC), or a time with its offset",
      example: "2026-11-22",
    }),
    created_to: time
      .optional()
      .meta({ type: "string", description: "Created before this time", example: "2026-11-23" }),
    limit: wholeNumber(1, MAX_LIST_LIMIT).default(10).meta({ description: "How many at the most", default: 10 }),
    starting_after: idSchema("pay").optional().meta({ description: "The last id of the page before" }),
    ending_before: idSchema("pay")
      .optional()
      .meta({ description: "To go back: the first id of the page after. Not together with `starting_after`" }),
  })
  .refine((query) => query.starting_after === undefined || query.ending_before === undefined, {
    path: ["ending_before"],
    message: "cannot be given together with starting_after",
  });
