import type { WebhookDeliveryState } from "@payonce/domain";
import { Badge } from "./badge.tsx";
import type { IconName } from "./icon.tsx";
import type { Tone } from "./notice.tsx";

const WORDS: Record<WebhookDeliveryState, { label: string; tone: Tone; icon: IconName }> = {
  pending: { label: "Waiting", tone: "neutral", icon: "clock" },
  delivering: { label: "Being sent", tone: "info", icon: "bolt" },
  retry_wait: { label: "Waiting to retry", tone: "warn", icon: "clock" },
  succeeded: { label: "Delivered", tone: "good", icon: "check" },
  dead_lettered: { label: "Dead letter", tone: "bad", icon: "letter" },
};

export function deliveryLabel(status: WebhookDeliveryState): string {
  return WORDS[status].label;
}

/** A delivery's state in plain words. */
export function DeliveryStatus({ status }: { status: WebhookDeliveryState }) {
  const { label, tone, icon } = WORDS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}
