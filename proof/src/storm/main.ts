import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStorm } from "./run-storm.ts";
import { readStormArguments, type StormArguments, USAGE } from "./storm-arguments.ts";
import { FULL_COUNTS, SMALL_COUNTS } from "./storm-stack.ts";
import { describeFindings, summarize } from "./summarize.ts";

/** `npm run storm`: ends with 0 when every rule held, 1 when one was violated, 2 when that could not be told. */
process.exitCode = await main();
process.exit();

async function main(): Promise<number> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  let args: StormArguments;
  try {
    args = readStormArguments(process.argv.slice(2));
  } catch (error) {
    say(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const stopped = new AbortController();
  // Every server and process of the stack listens.
  setMaxListeners(0, stopped.signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopped.abort(new Error("stopped")));
  const home = mkdtempSync(join(tmpdir(), "payonce-storm-"));
  say(`Storm of seed ${args.seed}`);
  try {
    const { isSmall, isQuiet } = args;
    const log = (line: string) => isQuiet || say(`  ${line}`);
    const counts = isSmall ? SMALL_COUNTS : FULL_COUNTS;
    const result = await runStorm({ ...args, home, counts, log, signal: stopped.signal });
    const summary = summarize(result);
    for (const line of describeFindings(result)) say(line);
    if (args.isJson) say(JSON.stringify({ seed: args.seed, seconds: args.seconds, ...summary }));
    else say(JSON.stringify(summary, null, 2));
    say(`seed ${args.seed}: ${summary.violations === 0 ? "every rule held" : `${summary.violations} violations`}`);
    if (summary.violations > 0) say(`Logs of all processes, and of the clients: ${home}`);
    else rmSync(home, { recursive: true, force: true });
    return summary.violations === 0 ? 0 : 1;
  } catch (error) {
    say(`Seed ${args.seed} could not be judged: ${(error as Error).stack ?? error}`);
    return 2;
  }
}
