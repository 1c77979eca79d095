import { MUTANTS } from "./mutants.ts";
import { type MutantResult, runMutant } from "./run-mutant.ts";

const SEEDS = ["1", "2", "3", "4", "5"];
const SECONDS = 30;

/** `npm run mutants [-- name…]`: ends with 0 when each was killed, 1 when one survived, 2 when one could not be run. */
process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown !== undefined) {
    console.log(`There is no mutant "${unknown}". There are: ${MUTANTS.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const chosen = MUTANTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
  console.log(
    "| mutant | what is not done any more | killed by rule | which saw a payment that | after |\n|---|---|---|---|---|",
  );
  const results: MutantResult[] = [];
  for (const mutant of chosen) {
    if (stopped.signal.aborted) return 2;
    const result = await runMutant(mutant, { seeds: SEEDS, seconds: SECONDS, signal: stopped.signal });
    results.push(result);
    console.log(`| ${mutant.name} | ${mutant.breaks} | ${describe(result)} |`);
    if (result.kind === "not_run") console.log(result.why);
  }
  if (results.some(({ kind }) => kind === "not_run")) return 2;
  return results.every(({ kind }) => kind === "killed") ? 0 : 1;
}

function describe(result: MutantResult): string {
  if (result.kind === "not_run") return "could not be run | |";
  if (result.kind === "survived") return `**none** | | survived ${result.seconds} s`;
  return `${result.rule} | ${result.what} | ${result.seconds} s, seed ${result.seed}`;
}
