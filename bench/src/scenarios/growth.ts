import { firstIdAt } from "@payonce/domain";
import { say } from "@payonce/stack";
import { acceptedOf } from "../load/load-order.ts";
import { median } from "../measure/statistics.ts";
import { printTable, whole } from "../report/tables.ts";
import { writeResult } from "../report/write-results.ts";
import type { Visit } from "../visit.ts";
import { type Phase, warmUp } from "./burst-and-steady.ts";
import { fillTables } from "./fill-tables.ts";
import { FULL, QUICK } from "./sizes.ts";

export interface GrowthOptions {
  isQuick: boolean;
  isFull: boolean;
  rounds: number | undefined;
  phase: Phase;
}

interface Rates {
  accepted: number;
  settled: number;
}

/** `--scenario growth`: the same burst into tables that hold more and more settled payments. */
export async function grow(visit: Visit, { isQuick, isFull, rounds, phase }: GrowthOptions): Promise<void> {
  const sizes = isQuick ? QUICK : FULL;
  const counts = [10_000, isQuick ? 100_000 : 1_000_000, ...(isFull ? [10_000_000] : [])];
  // Twice as much as elsewhere: the first burst is what the others are compared with.
  await phase("warm-up", () => warmUp(visit, { ...sizes, warmUp: 2 * sizes.burst }));
  await visit.reset();
  const found: (Rates & { payments: number })[] = [];
  let filled = 0;
  for (const payments of counts) {
    const range = { from: filled + 1, to: payments };
    await phase(`${whole(payments)} payments`, () => fillTables(visit.pool, "settled", range));
    filled = payments;
    const bursts: Rates[] = [];
    for (let round = 1; round <= (rounds ?? sizes.rounds); round++)
      bursts.push(await phase(`burst of ${sizes.burst}`, () => sendBurstInto(visit, sizes), describe));
    const medianOf = (read: (one: Rates) => number) => median(bursts.map(read));
    found.push({
      payments,
      accepted: medianOf(({ accepted }) => accepted),
      settled: medianOf(({ settled }) => settled),
    });
  }
  const [least] = found;
  const share = (value: number, of: number | undefined) => (value / (of ?? Number.NaN)).toFixed(2);
  const rows = found.map(({ payments, accepted, settled }) => [
    whole(payments),
    whole(accepted),
    share(accepted, least?.accepted),
    whole(settled),
    share(settled, least?.settled),
  ]);
  say(`\n${printTable([["payments", "accepted/s", "ratio", "settled/s", "ratio"], ...rows])}\n`);
  writeResult("growth.json", `${JSON.stringify(found, null, 2)}\n`);
}

const describe = ({ accepted, settled }: Rates) => `${whole(accepted)}/s accepted, ${whole(settled)}/s settled`;

/** Reads by id from here on, so that looking costs the same however much lies before. */
async function sendBurstInto(
  visit: Visit,
  { burst, connections }: { burst: number; connections: number },
): Promise<Rates> {
  await visit.provider.forget();
  const first = firstIdAt("pay", new Date());
  const report = await visit.send({ kind: "closed", connections, amount: burst });
  const payments = acceptedOf(report);
  await visit.untilSettled(
    payments,
    `SELECT count(*)::int AS count FROM payments WHERE id >= '${first}' AND status = 'succeeded'`,
  );
  const { rows } = await visit.pool.query<Rates>(
    `SELECT count(*) / extract(epoch FROM max(created_at) - min(created_at))::float8 AS accepted,
       count(*) / extract(epoch FROM max(updated_at) - min(created_at))::float8 AS settled FROM payments WHERE id >= $1`,
    [first],
  );
  return rows[0] ?? { accepted: Number.NaN, settled: Number.NaN };
}
