import type { Mode } from "./mode.ts";
import type { Outages } from "./outages.ts";
import type { NextRefunds } from "./refunds/refund-faults.ts";
import type { WebhookEndpoint, WebhookFaults } from "./webhooks/webhook-settings.ts";

/** What the control endpoints set. All of it is kept over a restart. */
export type Settings = {
  readonly mode: Mode;
  readonly outages: Outages | null;
  /** What the next refunds meet, before their card counts. */
  readonly next_refunds: NextRefunds | null;
  /** Null while the one from the configuration counts. */
  readonly webhook_endpoint: WebhookEndpoint | null;
  readonly webhook_faults: WebhookFaults;
};

export const INITIAL_SETTINGS: Settings = {
  mode: { mode: "up" },
  outages: null,
  next_refunds: null,
  webhook_endpoint: null,
  webhook_faults: {},
};

/** The settings with those replaced that the change names. */
export function settingsAfter(settings: Settings, change: Partial<Settings>): Settings {
  const {
    mode = settings.mode,
    outages = settings.outages,
    next_refunds = settings.next_refunds,
    webhook_endpoint = settings.webhook_endpoint,
    webhook_faults = settings.webhook_faults,
  } = change;
  return { mode, outages, next_refunds, webhook_endpoint, webhook_faults };
}
