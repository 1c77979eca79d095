import { z } from "zod";
import type { OrderedRecords } from "./ordered-records.ts";
import type { Answer } from "./outcome.ts";
import { expandParam, integerParam, textParam } from "./params.ts";
import { invalidRequest } from "./stripe-errors.ts";

const unixTime = integerParam({ min: 0 });

const createdRange = z.strictObject({
  gt: unixTime.optional(),
  gte: unixTime.optional(),
  lt: unixTime.optional(),
  lte: unixTime.optional(),
});

/** What every list takes. */
export const pageParams = z.strictObject({
  limit: integerParam({ min: 1, max: 100 }).default(10),
  starting_after: textParam.optional(),
  ending_before: textParam.optional(),
  created: z.union([createdRange, unixTime]).optional(),
  expand: expandParam.optional(),
});

type PageParams = z.infer<typeof pageParams>;

type Listed<T> = {
  readonly object: "payment_intent" | "charge" | "refund";
  readonly url: string;
  readonly records: Omit<OrderedRecords<T>, "put">;
  /** Unix seconds. */
  readonly createdOf: (record: T) => number;
  /** The record as it goes over the wire. */
  readonly show: (record: T) => unknown;
};

/**
 * One page, newest first. A page begins at a record and not at a count, so what arrives meanwhile shifts nothing: going
 * on from each page's last record meets every older one exactly once.
 */
export function listPage<T>({ object, url, records, createdOf, show }: Listed<T>, params: PageParams): Answer {
  const { limit, starting_after, ending_before, created } = params;
  if (starting_after !== undefined && ending_before !== undefined) {
    return invalidRequest("You can give starting_after or ending_before, not both.", { param: "ending_before" });
  }
  for (const [param, id] of Object.entries({ starting_after, ending_before })) {
    if (id !== undefined && records.get(id) === undefined) {
      return invalidRequest(`No such ${object}: '${id}'`, { code: "resource_missing", param });
    }
  }

  const goesBack = ending_before === undefined;
  const data: unknown[] = [];
  let has_more = false;
  for (const record of goesBack ? records.newestFirst(starting_after) : records.oldestFirst(ending_before)) {
    if (!isWithin(createdOf(record), created)) continue;
    has_more = data.length === limit;
    if (has_more) break;
    data.push(show(record));
  }
  return { status: 200, body: { object: "list", data: goesBack ? data : data.reverse(), has_more, url } };
}

function isWithin(time: number, range: PageParams["created"]): boolean {
  if (range === undefined) return true;
  if (typeof range === "number") return time === range;
  return (
    time > (range.gt ?? Number.NEGATIVE_INFINITY) &&
    time >= (range.gte ?? Number.NEGATIVE_INFINITY) &&
    time < (range.lt ?? Number.POSITIVE_INFINITY) &&
    time <= (range.lte ?? Number.POSITIVE_INFINITY)
  );
}
