import type { PaymentEvidence } from "@payonce/db/operations";
import { isFinal, PAYMENT_STATES, type PaymentState } from "@payonce/domain";
import type { IconName } from "../elements/icon.tsx";
import type { Tone } from "../elements/notice.tsx";
import { PaymentStatus } from "../elements/payment-status.tsx";
import { RefundLink } from "../elements/target-link.tsx";
import { Event } from "./timeline-event.tsx";

const OTHER_CHANGES: Record<string, { title: string; icon: IconName }> = {
  provider_object_stored: { title: "The provider's object is stored: no other is ever confirmed", icon: "stack" },
  cancel_requested: { title: "Cancel asked for: its object at the provider is closed first", icon: "dash" },
  cancel_refused: { title: "Could not be canceled: its object is not open any more", icon: "cross" },
  anomaly: { title: "An anomaly was opened", icon: "alert" },
};

/** What happened to a refund, which is told among what happened to its payment. */
const REFUND_CHANGES: Record<string, { title: string; icon: IconName; tone: Tone }> = {
  refund_requested: { title: "Refund asked for: its amount is kept from other refunds", icon: "arrow", tone: "info" },
  refund_started: { title: "Refund being made", icon: "bolt", tone: "neutral" },
  refund_queued: { title: "Refund queued again", icon: "clock", tone: "neutral" },
  refund_retry_wait: { title: "Refund waits to be tried again: nothing has moved", icon: "clock", tone: "neutral" },
  refund_unknown: { title: "Refund unknown: the money may have gone back", icon: "question", tone: "warn" },
  refund_pending: { title: "Refund pending: the provider has it and has not finished", icon: "clock", tone: "info" },
  refund_dead_lettered: { title: "Refund dead-lettered: a person decides", icon: "letter", tone: "bad" },
  refund_succeeded: { title: "Refund succeeded: the money has gone back", icon: "check", tone: "good" },
  refund_failed: { title: "Refund failed: its amount can be refunded again", icon: "cross", tone: "neutral" },
  refund_canceled: { title: "Refund canceled: its amount can be refunded again", icon: "dash", tone: "neutral" },
};

/** A state that the payment came to, or a step on the way. */
export function ChangeEvent({
  change: { kind, version, at, code, refundId },
}: {
  change: PaymentEvidence["timeline"][number];
}) {
  const state = PAYMENT_STATES.find((one) => one === kind);
  const other = Object.hasOwn(OTHER_CHANGES, kind) ? OTHER_CHANGES[kind] : undefined;
  const refund = Object.hasOwn(REFUND_CHANGES, kind) ? REFUND_CHANGES[kind] : undefined;
  const note = (
    <>
      {`version ${version}`}
      {code && (
        <>
          {" · "}
          <code>{code}</code>
        </>
      )}
      {refundId && (
        <>
          {" · "}
          <RefundLink id={refundId} />
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
      icon={other?.icon ?? refund?.icon ?? "arrow"}
      tone={kind === "anomaly" ? "bad" : (refund?.tone ?? "neutral")}
      isSmall
      title={
        <>
          {other?.title ?? refund?.title ?? kind.replaceAll("_", " ")} <span class="event-note">{note}</span>
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
