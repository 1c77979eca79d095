import type { Books } from "../books.ts";
import { listPage, pageParams } from "../list-page.ts";
import type { Answer } from "../outcome.ts";
import { readParams } from "../params.ts";

/** GET /v1/payment_intents: newest first, a page at a time. */
export function listPaymentIntents({ intents }: Pick<Books, "intents">, query: unknown): Answer {
  const params = readParams(pageParams, query);
  if (!params.ok) return params.answer;
  return listPage(
    {
      object: "payment_intent",
      url: "/v1/payment_intents",
      records: intents,
      createdOf: ({ intent }) => intent.created,
      show: ({ intent }) => intent,
    },
    params.value,
  );
}
