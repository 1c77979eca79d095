import type { RefundState } from "@payonce/domain";
import { Badge } from "./badge.tsx";
import type { IconName } from "./icon.tsx";
import type { Tone } from "./notice.tsx";

interface StatusWords {
  label: string;
  tone: Tone;
  icon: IconName;
}

const WORDS: Record<RefundState, StatusWords> = {
  queued: { label: "Queued", tone: "neutral", icon: "clock" },
  refunding: { label: "Being refunded", tone: "info", icon: "bolt" },
  retry_wait: { label: "Waiting to retry", tone: "neutral", icon: "clock" },
  unknown: { label: "Outcome unknown", tone: "warn", icon: "question" },
  pending: { label: "At the provider", tone: "info", icon: "clock" },
  dead_lettered: { label: "Dead letter", tone: "bad", icon: "letter" },
  succeeded: { label: "Refunded", tone: "good", icon: "check" },
  failed: { label: "Failed", tone: "neutral", icon: "cross" },
  canceled: { label: "Canceled", tone: "neutral", icon: "dash" },
};

export function refundLabel(status: RefundState): string {
  return WORDS[status].label;
}

/** A refund's state in plain words. */
export function RefundStatus({ status }: { status: RefundState }) {
  const { label, tone, icon } = WORDS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}

/** The one thing that decides what may be done about a dead-lettered refund. */
export function MayHaveGone({ outcomeUnknown }: { outcomeUnknown: boolean }) {
  return outcomeUnknown ? (
    <Badge tone="warn" icon="question">
      May have gone back
    </Badge>
  ) : (
    <Badge tone="neutral" icon="check">
      Not gone back
    </Badge>
  );
}
