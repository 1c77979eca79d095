import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Arena, openArena } from "./arena.ts";
import { insertThenQueue } from "./contestants/insert-then-queue/contestant.ts";
import { payonce } from "./contestants/payonce/contestant.ts";
import { measureRound } from "./scenarios/burst-and-steady.ts";
import { fillTables } from "./scenarios/fill-tables.ts";
import { FULL } from "./scenarios/sizes.ts";

// Far too few to say anything about speed: this shows that the benchmark runs, and that its books are right.
const sizes = { ...FULL, connections: 8, warmUp: 20, acceptSeconds: 1, burst: 100, largeBurst: 0, steadySeconds: 0.4 };

let arena: Arena;
beforeAll(async () => {
  arena = await openArena({ signal: new AbortController().signal, isDurable: false });
});
afterAll(() => arena?.stop());

const silently = <T>(_title: string, work: () => Promise<T>) => work();

test("measures what a peer accepts, settles and uses", async () => {
  await arena.visit(insertThenQueue, async (visit) => {
    const result = await measureRound(visit, 1, sizes, silently);
    expect(result).toMatchObject({ contestant: "insert-then-queue", refused: 0, deaths: [], burst: { payments: 100 } });
    const { burst, at50, atHalf, acceptedPerSecond } = result;
    const rates = [acceptedPerSecond, burst?.acceptedPerSecond, burst?.settledPerSecond, at50?.p50Ms, atHalf?.p99Ms];
    for (const rate of rates) expect(rate).toBeGreaterThan(0);
    const processes = ["api", "generator", "postgres", "provider", "redis", "worker"];
    expect(Object.keys(burst?.cpuMsPerPayment ?? {}).sort()).toEqual(processes);

    await visit.reset();
    // Those that charge are stopped while only accepting is measured, and go on afterwards.
    await visit.without("workers", async () => {
      expect(await visit.send({ kind: "closed", connections: 4, amount: 40 })).toMatchObject({ answers: { 202: 40 } });
      expect(await visit.provider.countCharges()).toBe(0);
    });
    await visit.untilSettled(40);
    await visit.reset();
    expect(await visit.provider.countCharges()).toBe(0);
    expect((await visit.pool.query("SELECT FROM payments")).rowCount).toBe(0);
  });
}, 240_000);

test("measures Payonce the same way, and fills its tables with payments that can be charged", async () => {
  await arena.visit(payonce, async (visit) => {
    const result = await measureRound(visit, 1, sizes, silently);
    expect(result).toMatchObject({ contestant: "payonce", refused: 0, deaths: [], burst: { payments: 100 } });
    expect(result.acceptedPerSecond).toBeGreaterThan(0);
    expect(result.at50?.p99Ms).toBeGreaterThanOrEqual(result.at50?.p50Ms ?? Number.NaN);

    await visit.reset();
    await fillTables(visit.pool, "settled", { from: 1, to: 30 });
    await fillTables(visit.pool, "waiting", { from: 31, to: 50 });
    // The relay finds the rows that nobody has announced, and the charger charges these payments like others.
    await visit.untilSettled(20, "SELECT count(*)::int - 30 AS count FROM payments WHERE status = 'succeeded'");
    expect(await visit.provider.countCharges()).toBe(20);
    const { rows } = await visit.pool.query(
      "SELECT count(*)::int AS rows, count(DISTINCT payment_id)::int AS payments FROM timeline",
    );
    expect(rows).toEqual([{ rows: 200, payments: 50 }]);
  });
}, 240_000);
