import { Command } from "commander";
import { addAnomalies } from "./anomalies.ts";
import type { Cli } from "./cli.ts";
import { addDeadLetters } from "./dead-letters/commands.ts";
import { addDoctor } from "./doctor/command.ts";
import { addKeys } from "./keys.ts";
import { addMerchants } from "./merchants.ts";
import { addOperators } from "./operators.ts";
import { addOrigins } from "./origins.ts";
import { addOutbox } from "./outbox.ts";
import { addPayments } from "./payments/commands.ts";
import { PAYONCE_VERSION } from "./payonce-version.ts";
import { addQueues } from "./queues.ts";
import { addReconcile } from "./reconcile.ts";
import { addRefunds } from "./refunds/commands.ts";
import { addWebhooks } from "./webhooks/commands.ts";

const ABOUT = [
  "Operates Payonce from the command line. It talks to Postgres itself, so it works while the apps are down.",
  "",
  "Works on the system that DATABASE_URL, REDIS_URL, REDIS_PREFIX, STRIPE_API_KEY and STRIPE_API_BASE name;",
  "without DATABASE_URL, on the local stack that npm start runs (PAYONCE_HOME says which).",
].join("\n");

const ENDS = `
Ends with 0 when it was done, 1 when it was refused or failed, 2 when it cannot be run as it was written.
With --json there is one JSON document on standard output; what is beside it goes to standard error.`;

/** All commands. Parsing throws a CommanderError instead of ending the process. */
export function createProgram(cli: Cli): Command {
  const { stdout, stderr } = cli.terminal;
  const program = new Command("payonce")
    .description(ABOUT)
    .version(PAYONCE_VERSION, "-V, --version", "the version of this command")
    .addHelpText("after", ENDS)
    .exitOverride()
    .showHelpAfterError("(--help after the command shows how it is used)")
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      outputError: (text, write) => write(sayHow(text)),
    });
  addDoctor(program, cli);
  addPayments(program, cli);
  addRefunds(program, cli);
  addDeadLetters(program, cli);
  addAnomalies(program, cli);
  addReconcile(program, cli);
  addQueues(program, cli);
  addOutbox(program, cli);
  addWebhooks(program, cli);
  addMerchants(program, cli);
  addOrigins(program, cli);
  addKeys(program, cli);
  addOperators(program, cli);
  return program;
}

/** Commander says what is missing; this says what to write. */
function sayHow(text: string): string {
  const option = /required option '(--[a-z-]+)[^']*' not specified/.exec(text)?.[1];
  if (option === "--reason")
    return `error: --reason is missing: say why, in 1 to 500 characters, such as --reason "The bank's outage is over"\n`;
  return option ? `error: ${option} is missing\n` : text;
}
