import { say, step, stopRequest } from "@payonce/stack";
import { openArena } from "./arena.ts";
import { type BenchArguments, readBenchArguments, USAGE } from "./bench-arguments.ts";
import { contestants } from "./contestants/index.ts";
import { payonce } from "./contestants/payonce/contestant.ts";
import { drainBacklog } from "./scenarios/backlog.ts";
import type { Phase } from "./scenarios/burst-and-steady.ts";
import { compareContestants } from "./scenarios/compare-contestants.ts";
import { flood } from "./scenarios/flood.ts";
import { grow } from "./scenarios/growth.ts";

/** `npm run bench`: ends with 0 when all was measured, 1 when it could not be, 2 when it was asked for wrongly. */
const stopped = stopRequest();
process.exitCode = await main();
// Nothing is left to do, whatever handle is still open.
process.exit();

async function main(): Promise<number> {
  let wanted: BenchArguments | "help";
  try {
    wanted = readBenchArguments(process.argv.slice(2));
  } catch (error) {
    say(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (wanted === "help") {
    say(USAGE);
    return 0;
  }
  try {
    await bench(wanted);
    return 0;
  } catch (error) {
    say(stopped.aborted ? "\nStopped." : `\n${(error as Error).message}`);
    return stopped.aborted ? 130 : 1;
  }
}

async function bench(wanted: BenchArguments): Promise<void> {
  const { scenarios, only, isQuick } = wanted;
  const chosen = contestants.filter(({ name }) => only.includes(name));
  const isComparison = scenarios.includes("burst") || scenarios.includes("steady");
  const shown = isComparison ? chosen : [payonce];
  say(`\n${shown.map(({ name, says }) => `  ${name.padEnd(17)} ${says}\n`).join("")}`);
  const arena = await step("Postgres, Redis and the load generator", () => openArena({ signal: stopped }));
  try {
    if (isComparison) await compareContestants(arena, chosen, wanted);
    const phaseOf =
      (scenario: string): Phase =>
      (title, work, detail) =>
        step(`${scenario.padEnd(9)} ${title}`, work, detail);
    if (scenarios.includes("backlog"))
      await arena.visit(payonce, (visit) => drainBacklog(visit, isQuick, phaseOf("backlog"), stopped));
    if (scenarios.includes("flood")) await arena.visit(payonce, (visit) => flood(visit, isQuick, phaseOf("flood")));
    if (scenarios.includes("growth"))
      await arena.visit(payonce, (visit) => grow(visit, { ...wanted, phase: phaseOf("growth") }));
  } finally {
    await step("Stop everything", () => arena.stop());
  }
}
