import type { PaymentState } from "@payonce/domain";
import { Badge } from "./badge.tsx";
import type { IconName } from "./icon.tsx";
import type { Tone } from "./notice.tsx";

interface StatusWords {
  label: string;
  tone: Tone;
  icon: IconName;
}

const WORDS: Record<PaymentState, StatusWords> = {
  queued: { label: "Queued", tone: "neutral", icon: "clock" },
  charging: { label: "Being charged", tone: "info", icon: "bolt" },
  retry_wait: { label: "Waiting to retry", tone: "neutral", icon: "clock" },
  unknown: { label: "Outcome unknown", tone: "warn", icon: "question" },
  dead_lettered: { label: "Dead letter", tone: "bad", icon: "letter" },
  succeeded: { label: "Succeeded", tone: "good", icon: "check" },
  declined: { label: "Declined", tone: "neutral", icon: "cross" },
  canceled: { label: "Canceled", tone: "neutral", icon: "dash" },
};

export function statusLabel(status: PaymentState): string {
  return WORDS[status].label;
}

/** A payment's state in plain words. */
export function PaymentStatus({ status }: { status: PaymentState }) {
  const { label, tone, icon } = WORDS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}

/** The one thing that decides what may be done about a dead letter. */
export function MayHaveCharged({ outcomeUnknown }: { outcomeUnknown: boolean }) {
  return outcomeUnknown ? (
    <Badge tone="warn" icon="question">
      May have been charged
    </Badge>
  ) : (
    <Badge tone="neutral" icon="check">
      Not charged
    </Badge>
  );
}
