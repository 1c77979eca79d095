import type { EvidencedAttempt } from "@payonce/db/operations";
import type { Tone } from "../elements/notice.tsx";
import { Time } from "../elements/time.tsx";
import { ProviderCalls } from "./provider-calls.tsx";
import { Event } from "./timeline-event.tsx";

const OUTCOMES: Record<string, { words: string; tone: Tone }> = {
  succeeded: { words: "charged", tone: "good" },
  declined: { words: "declined", tone: "neutral" },
  not_executed: { words: "nothing was executed", tone: "neutral" },
  unknown: { words: "outcome unknown", tone: "warn" },
};

/** An attempt with what was asked of the provider. */
export function AttemptEvent({ attempt }: { attempt: EvidencedAttempt }) {
  const { id, number, startedAt, endedAt, outcome, code, evidence } = attempt;
  const words = outcome === null ? undefined : OUTCOMES[outcome];
  return (
    <Event
      at={startedAt}
      icon="bolt"
      tone={words?.tone ?? "info"}
      title={`Attempt ${number}: ${outcome === null ? "under way, or its charger died" : (words?.words ?? outcome)}`}
    >
      <p class="event-note">
        {endedAt ? (
          <>
            Ended <Time at={endedAt} isPrecise />
          </>
        ) : (
          "Not ended"
        )}
        {code && (
          <>
            {" · "}
            <code>{code}</code>
          </>
        )}
        {" · "}
        <code>{id}</code>
      </p>
      {evidence !== null && evidence.length > 0 && <ProviderCalls calls={evidence} />}
      {evidence?.length === 0 && <p class="event-note">Nothing was sent to the provider.</p>}
    </Event>
  );
}
