import type { Books } from "../books.ts";
import { listPage, pageParams } from "../list-page.ts";
import { createOrderedRecords } from "../ordered-records.ts";
import type { Answer } from "../outcome.ts";
import { readParams, textParam } from "../params.ts";
import type { RefundRecord } from "./refund.ts";

const listParams = pageParams.extend({ payment_intent: textParam.optional(), charge: textParam.optional() });

/** GET /v1/refunds: newest first, a page at a time; those of one PaymentIntent, or charge, where it is named. */
export function listRefunds(books: Pick<Books, "refunds" | "allCharges">, query: unknown): Answer {
  const params = readParams(listParams, query);
  if (!params.ok) return params.answer;
  const { payment_intent, charge } = params.value;
  const intent = payment_intent ?? (charge && (books.allCharges.get(charge)?.payment_intent ?? charge));
  return listPage(
    {
      object: "refund",
      url: "/v1/refunds",
      records: intent === undefined ? books.refunds.all : inOrder(books.refunds.of(intent)),
      createdOf: ({ refund }) => refund.created,
      show: ({ refund }) => refund,
    },
    params.value,
  );
}

function inOrder(refunds: readonly RefundRecord[]) {
  const records = createOrderedRecords<RefundRecord>();
  for (const record of refunds) records.put(record.refund.id, record);
  return records;
}
