import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export type Tone = "good" | "info" | "warn" | "bad" | "neutral";

export interface Notice {
  tone: Tone;
  text: string;
}

/**
 * What a page may say after an action, by the code that its address carries. Fixed words: whatever else somebody writes
 * into an address is not repeated.
 */
const NOTICES = {
  retried: { tone: "good", text: "Retried. The payment has a new round of attempts." },
  discarded: { tone: "good", text: "Discarded. The payment is canceled, and nothing will be charged." },
  discard_under_way: {
    tone: "info",
    text: "The payment is being discarded: its object at the provider is closed first.",
  },
  resolved: { tone: "good", text: "Resolved. The payment has ended as you said; your evidence is in the audit log." },
  looked_up: { tone: "info", text: "The provider is being asked now. What it says appears in the timeline." },
  canceled: { tone: "good", text: "Canceled. Nothing will be charged." },
  cancel_under_way: {
    tone: "info",
    text: "The payment is being canceled: its object at the provider is closed first.",
  },
  refund_retried: { tone: "good", text: "Retried. The refund has a new round of attempts." },
  refunds_retried: { tone: "good", text: "Retried. What had changed since it was chosen was left alone." },
  refund_discarded: { tone: "good", text: "Discarded. The refund has failed, and its amount can be refunded again." },
  refund_resolved: {
    tone: "good",
    text: "Resolved. The refund has ended as you said; your evidence is in the audit log.",
  },
  refund_looked_up: { tone: "info", text: "The provider's list of refunds is being read now." },
  redelivered: { tone: "good", text: "It is on its way again." },
  redelivered_before: { tone: "info", text: "Nothing was done: it is under way already." },
  redelivered_all: { tone: "good", text: "They are on their way again, at the pace that the endpoint takes." },
  redelivered_part: {
    tone: "warn",
    text: "The first 10,000 are on their way again. There are more: send those as well.",
  },
  redelivered_none: { tone: "info", text: "Nothing was done: no delivery to this endpoint was given up." },
  endpoint_enabled: { tone: "good", text: "Enabled. What was kept back for it is sent soon." },
  endpoint_enabled_before: { tone: "info", text: "Nothing was changed: it was enabled already." },
  endpoint_disabled: { tone: "warn", text: "Disabled. What happens from now on is kept back for it." },
  endpoint_disabled_before: { tone: "info", text: "Nothing was changed: it was disabled already." },
  anomaly_resolved: { tone: "good", text: "The anomaly is resolved. No payment was changed by that." },
  paused: { tone: "warn", text: "Paused. Payments are accepted, and none is charged until somebody resumes." },
  paused_refunds: { tone: "warn", text: "Paused. Refunds are accepted, and none is made until somebody resumes." },
  paused_webhooks: { tone: "warn", text: "Paused. Events are kept, and no merchant is told until somebody resumes." },
  paused_before: { tone: "info", text: "Nothing was changed: it was paused already." },
  resumed: { tone: "good", text: "Resumed. What waited is taken up again within half a minute." },
  resumed_before: { tone: "info", text: "Nothing was changed: it was not paused." },
  none_chosen: { tone: "warn", text: "No dead letter was chosen. Tick those that are to be retried." },
  run_started: { tone: "good", text: "The bulk run has started. You can leave this page." },
  run_aborted: { tone: "warn", text: "The bulk run is aborted. What it retried stays retried." },
  run_resumed: { tone: "good", text: "The bulk run goes on." },
} as const satisfies Record<string, Notice>;

export type NoticeCode = keyof typeof NOTICES;

/** @param code as it stands in an address; anything that is no code of ours is nothing */
export function noticeOf(code: unknown): Notice | undefined {
  return typeof code === "string" && Object.hasOwn(NOTICES, code) ? NOTICES[code as NoticeCode] : undefined;
}

/** `path` with the code of what has just been done there. */
export function withNotice(path: string, code: NoticeCode): string {
  return `${path}${path.includes("?") ? "&" : "?"}notice=${code}`;
}

const ICONS: Record<Tone, IconName> = { good: "check", info: "info", warn: "alert", bad: "alert", neutral: "info" };

/** @param children more than the one sentence, such as a link */
export function NoticeBox({ notice, children }: { notice: Notice; children?: ComponentChildren }) {
  return (
    <div class={`notice is-${notice.tone}`} role={notice.tone === "bad" ? "alert" : "status"}>
      <Icon name={ICONS[notice.tone]} />
      <div>
        <p>{notice.text}</p>
        {children}
      </div>
    </div>
  );
}
