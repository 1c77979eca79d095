import { say } from "@payonce/stack";
import { acceptedOf, type LoadReport } from "../load/load-order.ts";
import { megabytes, printTable, whole } from "../report/tables.ts";
import { writeResult } from "../report/write-results.ts";
import type { Visit } from "../visit.ts";
import { acceptAlone, type Phase, warmUp } from "./burst-and-steady.ts";
import { FULL, QUICK } from "./sizes.ts";

const overload = 3;
/** More than an api takes at once, so that it has to refuse. */
const maxConnections = 2_000;

/**
 * `--scenario flood`: three times as many payments as can be accepted, whatever is answered. What is refused has to be told
 * when to come again, memory must not grow with the queue in front, and what was accepted has to be settled.
 *
 * @throws when a process died or an accepted payment is not settled
 */
export async function flood(visit: Visit, isQuick: boolean, phase: Phase): Promise<void> {
  const sizes = isQuick ? QUICK : FULL;
  const seconds = isQuick ? 10 : 60;
  await phase("warm-up", () => warmUp(visit, sizes));
  const capacity = await phase(
    "capacity",
    () => acceptAlone(visit, sizes, { refused: 0 }),
    (rate) => `${whole(rate)}/s`,
  );
  await visit.reset();
  const calm = visit.watchMemory().stop();
  const memory = visit.watchMemory();
  const ratePerSecond = Math.round(overload * capacity);
  const report = await phase(
    `${whole(ratePerSecond)} a second for ${seconds} s`,
    () => visit.send({ kind: "paced", ratePerSecond, seconds, maxConnections, opensFirst: true }),
    (sent) => `${whole(acceptedOf(sent))} accepted`,
  );
  const stored = await phase("all that were stored settle", () => settleAll(visit, acceptedOf(report)), whole);
  const peak = memory.stop();

  say(`\n${printTable(answerTable(report))}\n`);
  const rows = Object.keys(peak).map((name) => [name, megabytes(calm[name]), megabytes(peak[name])]);
  say(`${printTable([["MB", "before", "most"], ...rows])}\n`);
  const { deaths } = visit;
  writeResult(
    "flood.json",
    `${JSON.stringify({ capacity, ratePerSecond, seconds, report, stored, calm, peak, deaths }, null, 2)}\n`,
  );
  if (deaths.length > 0) throw new Error(`processes died: ${deaths.join(", ")}`);
}

/** Also those whose client heard nothing. */
async function settleAll({ pool, untilSettled }: Visit, accepted: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>("SELECT count(*)::int AS count FROM payments");
  const stored = rows[0]?.count ?? 0;
  if (stored < accepted) throw new Error(`${accepted} payments were answered 202, and ${stored} are stored`);
  await untilSettled(stored);
  return stored;
}

function answerTable({ answers, errors, unsent, silentRefusals }: LoadReport) {
  return [
    ["answer", "requests"],
    ...Object.entries(answers).map(([status, count]) => [status, whole(count)]),
    ["503 without Retry-After", whole(silentRefusals)],
    ...Object.entries(errors).map(([fate, count]) => [`no answer: ${fate}`, whole(count)]),
    [`not sent: ${whole(maxConnections)} under way`, whole(unsent)],
  ];
}
