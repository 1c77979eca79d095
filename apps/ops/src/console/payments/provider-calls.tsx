import type { EvidencedAttempt, EvidencedRefundAttempt } from "@payonce/db/operations";
import { DetailsList } from "../elements/details-list.tsx";

type ProviderCall = NonNullable<EvidencedAttempt["evidence"] | EvidencedRefundAttempt["evidence"]>[number];

const OPERATIONS: Record<ProviderCall["operation"], string> = {
  create: "Create the object",
  find: "Look for an object",
  confirm: "Confirm: charge",
  retrieve: "Look up the object",
  cancel: "Close the object",
  refund: "Refund",
  list_refunds: "Read the list of refunds",
};

/** What was asked of the provider and what it answered, as redacted when it was kept. */
export function ProviderCalls({ calls }: { calls: readonly ProviderCall[] }) {
  return (
    <ul class="calls">
      {calls.map((call) => (
        <li key={`${call.operation}-${call.at}`}>
          <details>
            <summary>
              {OPERATIONS[call.operation] ?? call.operation}: {answerOf(call)}
            </summary>
            <DetailsList
              entries={[
                ["Sent", <time datetime={call.at}>{call.at}</time>],
                ["Took", `${call.durationMs} ms`],
                ["HTTP status", call.httpStatus],
                ["Provider's request id", call.requestId && <code>{call.requestId}</code>],
                ["Object", call.objectId && <code>{call.objectId}</code>],
                ["Object's state", call.state],
                ["Code", call.code && <code>{call.code}</code>],
                ["Message", call.message],
              ]}
            />
          </details>
        </li>
      ))}
    </ul>
  );
}

function answerOf({ state, code, httpStatus }: ProviderCall): string {
  // A list has no state of its own.
  const answer = state ?? code ?? (httpStatus === undefined ? "no answer" : "answered");
  return httpStatus === undefined ? answer : `${answer} (HTTP ${httpStatus})`;
}
