import type { Express } from "express";
import { type Logger, pino } from "pino";
import { createApp } from "./app.ts";
import { openBooks } from "./books.ts";

export type SimulatorOptions = {
  /** The folder of the journal, made where needed. Only one simulator may write to it at a time. */
  readonly dataDir: string;
  /** How long a slow answer takes. */
  readonly slowMs?: number;
  readonly now?: () => Date;
  readonly logger?: Logger;
};

export type Simulator = {
  /** Handles requests; `listen` gives it a port. */
  readonly app: Express;
  /** Closes the journal. To be called once no request is under way any more. */
  close(): void;
};

/** Rebuilds the provider from the journal in `dataDir`. Throws where that cannot be opened or read. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { dataDir, slowMs = 1500, now = () => new Date(), logger = pino({ level: "silent" }) } = options;
  const books = openBooks(dataDir);
  return { app: createApp({ books, slowMs, now, logger }), close: books.close };
}
