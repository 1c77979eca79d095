import type { EvidencedRefundAttempt } from "@payonce/db/operations";
import type { Tone } from "../elements/notice.tsx";
import { RefundLink } from "../elements/target-link.tsx";
import { Time } from "../elements/time.tsx";
import { ProviderCalls } from "../payments/provider-calls.tsx";
import { Event } from "../payments/timeline-event.tsx";

const OUTCOMES: Record<string, { words: string; tone: Tone }> = {
  succeeded: { words: "the money has gone back", tone: "good" },
  pending: { words: "the provider has it and has not finished", tone: "info" },
  failed: { words: "failed at the provider", tone: "neutral" },
  canceled: { words: "canceled at the provider", tone: "neutral" },
  not_executed: { words: "nothing was executed", tone: "neutral" },
  unknown: { words: "outcome unknown", tone: "warn" },
};

/** An attempt at a refund, or a look that moved it, with what was asked of the provider. */
export function RefundAttemptEvent({ attempt, refundId }: { attempt: EvidencedRefundAttempt; refundId: string }) {
  const { number, startedAt, sentAt, endedAt, outcome, code, evidence } = attempt;
  const words = outcome === null ? undefined : OUTCOMES[outcome];
  const end = outcome === null ? "under way, or its charger died" : (words?.words ?? outcome);
  return (
    <Event at={startedAt} icon="bolt" tone={words?.tone ?? "info"} title={`Refund attempt ${number}: ${end}`}>
      <p class="event-note">
        {sentAt ? (
          <>
            Request left <Time at={sentAt} isPrecise />
          </>
        ) : (
          "No request left that moves money"
        )}
        {endedAt && (
          <>
            {" · ended "}
            <Time at={endedAt} isPrecise />
          </>
        )}
        {code && (
          <>
            {" · "}
            <code>{code}</code>
          </>
        )}
        {" · "}
        <RefundLink id={refundId} />
      </p>
      {evidence !== null && evidence.length > 0 && <ProviderCalls calls={evidence} />}
    </Event>
  );
}
