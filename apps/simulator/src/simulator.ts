import type { Express } from "express";
import { type Logger, pino } from "pino";
import { createAgenda } from "./agenda.ts";
import { createApp } from "./app.ts";
import { openBooks } from "./books.ts";
import { DEFAULT_SECRET, type WebhookEndpoint } from "./webhooks/webhook-settings.ts";
import { createWebhooks } from "./webhooks/webhooks.ts";

export type SimulatorOptions = {
  /** The folder of the journal, made where needed. Only one simulator may write to it at a time. */
  readonly dataDir: string;
  /** How long a slow answer takes. */
  readonly slowMs?: number;
  readonly accountId?: string;
  /** Where webhooks go while nobody has set another endpoint at run time: by default nowhere. */
  readonly webhookEndpoint?: WebhookEndpoint;
  readonly now?: () => Date;
  readonly logger?: Logger;
};

export type Simulator = {
  /** Handles requests; `listen` gives it a port. */
  readonly app: Express;
  /** Stops everything that happens by itself: timers and webhooks. What is left to do is in the journal. */
  stop(): void;
  /** Closes the journal. To be called once no request is under way any more. */
  close(): void;
};

/** Rebuilds the provider from the journal in `dataDir`. Throws where that cannot be opened or read. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { dataDir, slowMs = 1500, accountId = "acct_simulator" } = options;
  const { now = () => new Date(), logger = pino({ level: "silent" }) } = options;
  const { webhookEndpoint: configured = { url: null, secret: DEFAULT_SECRET } } = options;
  const books = openBooks(dataDir);
  const webhooks = createWebhooks({ books, configured, now, logger });
  const agenda = createAgenda({ books, webhooks, slowMs, now, logger });
  return {
    app: createApp({ books, agenda, webhooks, accountId, slowMs, now, logger }),
    stop() {
      agenda.stop();
      webhooks.stop();
    },
    close: books.close,
  };
}
