import { relative } from "node:path";
import { say, step } from "@payonce/stack";
import type { Arena } from "../arena.ts";
import type { BenchArguments } from "../bench-arguments.ts";
import type { Contestant } from "../contestants/contestant.ts";
import { describeMachine, machineNote } from "../report/machine.ts";
import { drawPlot } from "../report/plot.ts";
import { compare, summarize } from "../report/summary.ts";
import { fixed, mainTable, megabytes, printTable, processTable, ratioTable, toMarkdown } from "../report/tables.ts";
import { writeResult } from "../report/write-results.ts";
import { measureRound, type RoundResult } from "./burst-and-steady.ts";
import { FULL, QUICK } from "./sizes.ts";

/** `--scenario burst,steady`: all contestants in alternation, each round beginning with another one. */
export async function compareContestants(
  arena: Arena,
  contestants: readonly Contestant[],
  { isQuick, rounds, scenarios }: BenchArguments,
): Promise<void> {
  const preset = isQuick ? QUICK : FULL;
  const sizes = { ...preset, rounds: rounds ?? preset.rounds, isSteady: scenarios.includes("steady") };
  const results: RoundResult[] = [];
  for (let round = 1; round <= sizes.rounds; round++) {
    say(`\n  Round ${round} of ${sizes.rounds}`);
    for (let index = 0; index < contestants.length; index++) {
      const contestant = contestants[(index + round - 1) % contestants.length];
      if (!contestant) continue;
      results.push(
        await arena.visit(contestant, (visit) =>
          measureRound(visit, round, sizes, (title, work, detail) =>
            step(`${contestant.name.padEnd(17)} ${title}`, work, detail),
          ),
        ),
      );
    }
  }
  report(results, contestants, sizes.rounds);
}

function report(results: readonly RoundResult[], contestants: readonly Contestant[], rounds: number): void {
  const order = contestants.map(({ name }) => name as string);
  const summaries = summarize(results).sort((a, b) => order.indexOf(a.contestant) - order.indexOf(b.contestant));
  const machine = describeMachine();
  const ratios = compare(results);
  const tables = {
    "": mainTable(summaries),
    "CPU of a payment in a burst, in milliseconds": processTable(
      summaries,
      ({ burst }) => burst?.cpuMsPerPayment,
      (ms) => fixed(ms, 2),
    ),
    "Most memory, in MB": processTable(summaries, ({ peakBytes }) => peakBytes, megabytes),
    "What is asked of Payonce": ratioTable(ratios),
  };
  for (const [title, table] of Object.entries(tables)) say(`${title && `\n  ${title}`}\n${printTable(table)}`);
  for (const { contestant, refused, deaths } of summaries)
    if (refused + deaths > 0) say(`\n  ${contestant}: ${refused} requests not accepted, ${deaths} processes died`);

  const note = machineNote(machine, rounds);
  writeResult("latest.json", `${JSON.stringify({ machine, ratios, summaries, results }, null, 2)}\n`);
  const sections = Object.entries(tables).map(
    ([title, table]) => `${title && `### ${title}\n\n`}${toMarkdown(table)}\n`,
  );
  writeResult("latest.md", `${[...sections, note].join("\n")}\n`);
  const plot = writeResult("latest.svg", drawPlot(summaries, note));
  say(`\n  ${note}\n  All figures and a plot: ${relative(process.cwd(), plot).replace(/svg$/, "{json,md,svg}")}\n`);
}
