import type { PaymentEvidence } from "@payonce/db/operations";
import { isFinal, PAYMENT_STATES, type PaymentState } from "@payonce/domain";
import type { IconName } from "../elements/icon.tsx";
import type { Tone } from "../elements/notice.tsx";
import { PaymentStatus } from "../elements/payment-status.tsx";
import { Event } from "./timeline-event.tsx";

const OTHER_CHANGES: Record<string, { title: string; icon: IconName }> = {
  provider_object_stored: { title: "The provider's object is stored: no other is ever confirmed", icon: "stack" },
  cancel_requested: { title: "Cancel asked for: its object at the provider is closed first", icon: "dash" },
  cancel_refused: { title: "Could not be canceled: its object is not open any more", icon: "cross" },
  anomaly: { title: "An anomaly was opened", icon: "alert" },
};

/** A state that the payment came to, or a step on the way. */
export function ChangeEvent({ change: { kind, version, at, code } }: { change: PaymentEvidence["timeline"][number] }) {
  const state = PAYMENT_STATES.find((one) => one === kind);
  const other = Object.hasOwn(OTHER_CHANGES, kind) ? OTHER_CHANGES[kind] : undefined;
  const note = (
    <>
      {`version ${version}`}
      {code && (
        <>
          {" · "}
          <code>{code}</code>
        </>
      )}
    </>
  );
  if (state)
    return (
      <Event
        at={at}
        icon="arrow"
        tone={toneOf(state)}
        isSmall
        title={
          <>
            <PaymentStatus status={state} /> <span class="event-note">{note}</span>
          </>
        }
      />
    );
  return (
    <Event
      at={at}
      icon={other?.icon ?? "arrow"}
      tone={kind === "anomaly" ? "bad" : "neutral"}
      isSmall
      title={
        <>
          {other?.title ?? kind.replaceAll("_", " ")} <span class="event-note">{note}</span>
        </>
      }
    />
  );
}

function toneOf(state: PaymentState): Tone {
  if (state === "unknown") return "warn";
  if (state === "dead_lettered") return "bad";
  return isFinal(state) ? "good" : "neutral";
}
