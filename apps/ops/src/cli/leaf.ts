import type { Argument, Command, Option } from "commander";
import type { Answer } from "./answer.ts";
import type { Cli } from "./cli.ts";
import { lookOf } from "./terminal/look.ts";
import { toJsonDocument } from "./to-json-document.ts";

export interface LeafDescription<Values extends unknown[], Options> {
  name: string;
  summary: string;
  /** What the summary cannot hold. */
  details?: string;
  /** What comes after the program's name. */
  examples: readonly string[];
  arguments?: readonly Argument[];
  options?: readonly Option[];
  run(values: Values, options: Options, cli: Cli): Promise<Answer>;
}

/** Adds a command that does something; every one of them answers to `--json` and `--help`. */
export function addLeaf<Values extends unknown[] = [], Options = object>(
  parent: Command,
  cli: Cli,
  description: LeafDescription<Values, Options>,
): void {
  const { name, summary, details, examples, options = [], run } = description;
  const command = parent.command(name).summary(summary);
  command.description(details ? `${summary}.\n\n${inOneLine(details)}` : `${summary}.`);
  for (const argument of description.arguments ?? []) command.addArgument(argument);
  for (const option of options) command.addOption(option);
  command.option("--json", "one JSON document on standard output, for machines");
  command.addHelpText("after", `\nExamples:\n${examples.map((example) => `  payonce ${example}\n`).join("")}`);
  command.action(async () => {
    const answer = await run(command.processedArgs as Values, command.opts() as Options, cli);
    print(answer, cli, command.opts().json === true);
  });
}

/** Help is wrapped to the terminal's width: a line break of the source is none of the text's. */
function inOneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}

/** Adds a word that only groups others, such as `keys`. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  return parent.command(name).summary(summary).description(`${summary}.`);
}

function print({ json, text, exitCode = 0 }: Answer, cli: Cli, isJson: boolean): void {
  const { stdout, env } = cli.terminal;
  stdout.write(isJson ? toJsonDocument(json) : text(lookOf(stdout, env)));
  cli.exitCode = exitCode;
}
