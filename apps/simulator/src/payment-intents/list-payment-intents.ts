import { z } from "zod";
import type { Books } from "../books.ts";
import type { Answer } from "../outcome.ts";
import { expandParam, integerParam, readParams, textParam } from "../params.ts";
import { invalidRequest } from "../stripe-errors.ts";
import type { PaymentIntent } from "./payment-intent.ts";

const unixTime = integerParam({ min: 0 });

const createdRange = z.strictObject({
  gt: unixTime.optional(),
  gte: unixTime.optional(),
  lt: unixTime.optional(),
  lte: unixTime.optional(),
});

const listParams = z.strictObject({
  limit: integerParam({ min: 1, max: 100 }).default(10),
  starting_after: textParam.optional(),
  created: z.union([createdRange, unixTime]).optional(),
  expand: expandParam.optional(),
});

/** GET /v1/payment_intents: newest first, a page at a time. */
export function listPaymentIntents(books: Pick<Books, "intent" | "intentsNewestFirst">, query: unknown): Answer {
  const params = readParams(listParams, query);
  if (!params.ok) return params.answer;
  const { limit, starting_after, created } = params.value;
  if (starting_after !== undefined && books.intent(starting_after) === undefined) {
    const about = { code: "resource_missing", param: "starting_after" };
    return invalidRequest(`No such payment_intent: '${starting_after}'`, about);
  }

  const data: PaymentIntent[] = [];
  let has_more = false;
  for (const intent of books.intentsNewestFirst(starting_after)) {
    if (!isWithin(intent.created, created)) continue;
    has_more = data.length === limit;
    if (has_more) break;
    data.push(intent);
  }
  return { status: 200, body: { object: "list", data, has_more, url: "/v1/payment_intents" } };
}

function isWithin(time: number, range: z.infer<typeof listParams>["created"]): boolean {
  if (range === undefined) return true;
  if (typeof range === "number") return time === range;
  return (
    time > (range.gt ?? Number.NEGATIVE_INFINITY) &&
    time >= (range.gte ?? Number.NEGATIVE_INFINITY) &&
    time < (range.lt ?? Number.POSITIVE_INFINITY) &&
    time <= (range.lte ?? Number.POSITIVE_INFINITY)
  );
}
