import { readOutboxBacklog } from "@payonce/db";
import { listStuckOutboxRows, type StuckOutboxRow } from "@payonce/db/operations";
import type { Command } from "commander";
import type { Answer } from "./answer.ts";
import type { Cli } from "./cli.ts";
import { addLeaf } from "./leaf.ts";
import { type Column, table } from "./terminal/table.ts";
import { count, describeAge, shortTime } from "./terminal/words.ts";

const STUCK_SHOWN = 50;

const COLUMNS: readonly Column<StuckOutboxRow>[] = [
  { title: "ID", value: ({ id }) => id, isRight: true },
  { title: "KIND", value: ({ kind }) => kind },
  { title: "PAYMENT", value: ({ paymentId }) => paymentId },
  { title: "TRIES", value: ({ tries }) => tries, isRight: true },
  { title: "SINCE", value: ({ createdAt }) => shortTime(createdAt) },
  { title: "NEXT TRY", value: ({ notBefore }) => shortTime(notBefore) },
];

/** `payonce outbox` */
export function addOutbox(program: Command, cli: Cli): void {
  addLeaf(program, cli, {
    name: "outbox",
    summary: "How far publishing to Redis is behind, and which rows fail",
    details: "A healthy outbox is empty or nearly so. When it grows old, no relay is running, or Redis is away.",
    examples: ["outbox", "outbox --json"],
    run: showOutbox,
  });
}

async function showOutbox(_values: [], _options: object, cli: Cli): Promise<Answer> {
  const [backlog, stuck] = await Promise.all([
    readOutboxBacklog(cli.pool()),
    listStuckOutboxRows(cli.pool(), STUCK_SHOWN + 1),
  ]);
  const shown = stuck.slice(0, STUCK_SHOWN);
  const hasMore = stuck.length > STUCK_SHOWN;
  return {
    json: {
      object: "outbox",
      depth: backlog.depth,
      oldest_age_seconds: backlog.oldestAgeSeconds,
      failing: shown.map(toResource),
      has_more_failing: hasMore,
    },
    text: (look) => {
      if (backlog.depth === 0) return "The outbox is empty: all is published.\n";
      const age = describeAge(backlog.oldestAgeSeconds);
      const head = `${count(backlog.depth, "row waits", "rows wait")} to be published, the oldest for ${age}.\n`;
      if (shown.length === 0) return head;
      const tail = hasMore ? "… and more\n" : "";
      return `${head}\nThese could not be published, and are tried again:\n${table(look, COLUMNS, shown)}${tail}`;
    },
  };
}

function toResource({ id, kind, paymentId, tries, createdAt, notBefore }: StuckOutboxRow) {
  return { id, kind, payment_id: paymentId, tries, created_at: createdAt, not_before: notBefore };
}
