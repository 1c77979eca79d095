import type { Command } from "commander";
import type { Answer } from "../answer.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { wholeOption } from "../options.ts";
import { PAYONCE_VERSION } from "../payonce-version.ts";
import { readEnvironment } from "../read-environment.ts";
import { type Colour, paint } from "../terminal/look.ts";
import { printable } from "../terminal/printable.ts";
import { count } from "../terminal/words.ts";
import type { Status } from "./check.ts";
import { checkNode } from "./check-node.ts";
import { checkOperators } from "./check-operators.ts";
import { checkPostgres } from "./check-postgres.ts";
import { checkProvider } from "./check-provider.ts";
import { checkRedis } from "./check-redis.ts";
import { checkWebhooks } from "./check-webhooks.ts";
import { checkChargers, checkWork } from "./check-work.ts";
import { examine } from "./patient.ts";
import { type NamedFinding, runChecks } from "./run-checks.ts";

const COLOURS: Readonly<Record<Status, Colour>> = {
  ok: "green",
  info: "dim",
  warning: "yellow",
  failed: "red",
  unchecked: "dim",
};

/** `payonce doctor` */
export function addDoctor(program: Command, cli: Cli): void {
  addLeaf<[], { timeout: number }>(program, cli, {
    name: "doctor",
    summary: "Look over the whole system, and say what is wrong and what to do",
    details: "Changes nothing. Ends with 0 when nothing failed, 1 when something did, 2 when it could not run.",
    examples: ["doctor", "doctor --json"],
    options: [wholeOption("--timeout <seconds>", "how long each check may take", 1, 600).default(5)],
    run: (_values, { timeout }) => lookOver(cli, timeout * 1_000),
  });
}

async function lookOver({ terminal: { env } }: Cli, limitMs: number): Promise<Answer> {
  // What a check waits for gives up a little sooner than the check, and then there is a reason to tell.
  const answerLimitMs = limitMs - 250;
  const patient = examine({
    databaseUrl: readEnvironment(env, "DATABASE_URL"),
    redisUrl: readEnvironment(env, "REDIS_URL"),
    limitMs: answerLimitMs,
  });
  const provider = {
    apiBase: readEnvironment(env, "STRIPE_API_BASE"),
    apiKey: readEnvironment(env, "STRIPE_API_KEY"),
    limitMs: answerLimitMs,
  };
  const checks = [
    checkNode(PAYONCE_VERSION),
    ...checkPostgres(patient),
    ...checkRedis(patient),
    checkProvider(provider),
    checkChargers(patient, PAYONCE_VERSION),
    ...checkWork(patient),
    ...checkWebhooks(patient, {
      prefix: readEnvironment(env, "REDIS_PREFIX"),
      secretKeys: readEnvironment(env, "WEBHOOK_SECRET_KEY"),
    }),
    checkOperators(patient),
  ];
  const findings = await runChecks(checks, limitMs);
  // A server that hangs must not hold up the answer.
  await Promise.race([patient.close().catch(() => {}), new Promise((done) => setTimeout(done, 500).unref())]);
  return tell(findings);
}

function tell(findings: readonly NamedFinding[]): Answer {
  const failures = findings.filter(({ status }) => status === "failed").length;
  const warnings = findings.filter(({ status }) => status === "warning").length;
  const width = Math.max(...findings.map(({ name }) => name.length));
  return {
    json: { ok: failures === 0, failed: failures, warnings, checks: findings },
    exitCode: failures === 0 ? 0 : 1,
    text: (look) => {
      const lines = findings.map(({ name, status, found, fix }) => {
        const line = `${paint(look, COLOURS[status], status.padEnd(9))}  ${name.padEnd(width)}  ${printable(found)}\n`;
        return fix ? `${line}${" ".repeat(9 + 2 + width + 2)}→ ${printable(fix)}\n` : line;
      });
      const sum =
        failures + warnings === 0 ? "All is well." : `${count(failures, "failure")}, ${count(warnings, "warning")}.`;
      return `${lines.join("")}\n${sum}\n`;
    },
  };
}
