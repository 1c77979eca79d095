import { setTimeout as delay } from "node:timers/promises";
import { say } from "@payonce/stack";
import { printTable, whole } from "../report/tables.ts";
import { writeResult } from "../report/write-results.ts";
import type { Visit } from "../visit.ts";
import { acceptAlone, type Phase, warmUp } from "./burst-and-steady.ts";
import { fillTables } from "./fill-tables.ts";
import { FULL, QUICK } from "./sizes.ts";

/** Charging is watched for so long; it goes on at the same rate. */
const watchChargerMs = 60_000;

/** `--scenario backlog`: payments that were accepted while nothing was published, and how fast they go once it is. */
export async function drainBacklog(visit: Visit, isQuick: boolean, phase: Phase, signal: AbortSignal): Promise<void> {
  const sizes = isQuick ? QUICK : FULL;
  const rows = isQuick ? 10_000 : 100_000;
  const perSecond = (rate: number) => `${whole(rate)}/s`;
  await phase("warm-up", () => warmUp(visit, sizes));
  const intake = await phase("intake", () => acceptAlone(visit, sizes, { refused: 0 }), perSecond);
  const count = async (what: string) => {
    const { rows: counted } = await visit.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${what}`);
    return counted[0]?.count ?? 0;
  };
  const fall = async (read: () => Promise<number>, limitMs: number) => {
    const [before, startedAtMs] = [await read(), performance.now()];
    let left = before;
    while (left > 0 && performance.now() - startedAtMs < limitMs) {
      await delay(100, undefined, { signal });
      left = await read();
    }
    return ((before - left) / (performance.now() - startedAtMs)) * 1_000;
  };

  await visit.reset();
  const published = await visit.without(["charger"], async () => {
    await visit.without(["relay"], () =>
      phase(`${whole(rows)} payments in the outbox`, () => fillTables(visit.pool, "waiting", { from: 1, to: rows })),
    );
    const outbox = () => count("outbox WHERE kind = 'accepted'");
    return phase("the relay publishes them", () => fall(outbox, 600_000), perSecond);
  });
  const unsettled = () => count("payments WHERE status <> 'succeeded'");
  const settled = await phase("the charger charges them", () => fall(unsettled, watchChargerMs), perSecond);

  const row = (title: string, rate: number) => [title, whole(rate), (rate / intake).toFixed(2)];
  const table = [
    ["backlog", "a second", "÷ intake"],
    row("intake", intake),
    row("published", published),
    row("settled", settled),
  ];
  say(`\n${printTable(table)}\n`);
  writeResult("backlog.json", `${JSON.stringify({ rows, intake, published, settled }, null, 2)}\n`);
}
