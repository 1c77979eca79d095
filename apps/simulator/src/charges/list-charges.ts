import type { Books } from "../books.ts";
import { listPage, pageParams } from "../list-page.ts";
import { createOrderedRecords } from "../ordered-records.ts";
import type { Answer } from "../outcome.ts";
import { readParams, textParam } from "../params.ts";
import { showCharge } from "./retrieve-charge.ts";
import { type AnyCharge, createdOf } from "./stripe-charge.ts";

const listParams = pageParams.extend({ payment_intent: textParam.optional() });

/** GET /v1/charges: captured and declined ones, newest first, a page at a time. */
export function listCharges(
  books: Pick<Books, "allCharges" | "chargesOf" | "intent" | "refunds">,
  query: unknown,
): Answer {
  const params = readParams(listParams, query);
  if (!params.ok) return params.answer;
  const { payment_intent } = params.value;
  return listPage(
    {
      object: "charge",
      url: "/v1/charges",
      records: payment_intent === undefined ? books.allCharges : inOrder(books.chargesOf(payment_intent)),
      createdOf,
      show: (charge) => showCharge(books, charge),
    },
    params.value,
  );
}

function inOrder(charges: readonly AnyCharge[]) {
  const records = createOrderedRecords<AnyCharge>();
  for (const charge of charges) records.put(charge.id, charge);
  return records;
}
