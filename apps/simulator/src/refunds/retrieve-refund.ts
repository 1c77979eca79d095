import { z } from "zod";
import type { Books } from "../books.ts";
import type { Answer } from "../outcome.ts";
import { expandParam, readParams } from "../params.ts";
import { noSuchParam } from "../stripe-errors.ts";

const retrieveParams = z.strictObject({ expand: expandParam.optional() });

/** GET /v1/refunds/:id */
export function retrieveRefund({ refunds }: Pick<Books, "refunds">, id: string, query: unknown): Answer {
  const params = readParams(retrieveParams, query);
  if (!params.ok) return params.answer;
  const record = refunds.all.get(id);
  return record === undefined ? noSuchParam("refund", id) : { status: 200, body: record.refund };
}
