import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { say, stackHome, step, stopRequest } from "@payonce/stack";
import { compare } from "./compare.ts";
import { readDemoArguments, USAGE } from "./demo-arguments.ts";
import { isClean } from "./judge.ts";
import { makePlan } from "./plan.ts";
import { renderReport } from "./report/render-report.ts";
import { printTable, resultRows } from "./result-table.ts";
import { showProgress } from "./show-progress.ts";
import { countUnplannedFailures } from "./unplanned-failures.ts";

/** Both services wait so long for the provider. */
const providerTimeoutMs = 2000;
/** Customers come at about this rate, and every so often everything crashes. */
const msPerCheckout = 90;
const crashEveryMs = 9000;

const stopped = stopRequest();
try {
  // The bootstrap that started us has had the first one for itself.
  const wanted = readDemoArguments(process.argv.slice(3));
  if (wanted === "help") say(USAGE);
  else process.exitCode = await demo(wanted.seed, wanted.checkouts);
} catch (error) {
  say(stopped.aborted ? "\nStopped." : `\n${(error as Error).message}`);
  process.exitCode = stopped.aborted ? 130 : 1;
}
// Nothing is left to do, whatever handle is still open.
process.exit();

async function demo(seed: number, checkouts: number): Promise<number> {
  const spanMs = checkouts * msPerCheckout;
  const plan = makePlan({ seed, checkouts, spanMs, crashes: Math.max(1, Math.round(spanMs / crashEveryMs)) });
  say(`
  ${checkouts} customers pay, at a naive service and at Payonce: the same ones, at the same moments (seed ${seed}).
  Some click twice, some answers of the provider come too late, and everything is killed ${plan.crashesMs.length} times.
`);

  const { naive, payonce } = await compare({
    plan,
    providerTimeoutMs,
    signal: stopped,
    step,
    watch: (runs) => showProgress(runs, checkouts, process.stdout),
  });
  const path = join(stackHome(), "demo", "report.html");
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, renderReport({ plan, naive, payonce, providerTimeoutMs }));

  say(`\n${printTable(resultRows(naive.judgement, payonce.judgement))}\n`);
  const unplanned = countUnplannedFailures(plan, naive.events);
  if (unplanned > 0) {
    say(
      `  This machine was busy: ${unplanned} of the naive service's failures were not planned, but charges that took too long.\n`,
    );
  }
  say(`  The pictures: ${relative(process.cwd(), path)} (open it in a browser)\n`);
  if (isClean(payonce.judgement)) return 0;
  const { chargedTwice, unrecorded, neverCharged, gaveUp } = payonce.judgement;
  const unknown = unrecorded.charges.map(({ order, objectId }) => order ?? objectId);
  const orders = [...new Set([...chargedTwice, ...unknown, ...neverCharged, ...gaveUp])];
  say(
    `  PAYONCE HAS LOST SOMETHING. This is a bug, please report it with the seed ${seed}: ${orders.slice(0, 10).join(", ")}\n`,
  );
  return 1;
}
