import { once } from "node:events";
import { existsSync } from "node:fs";
import { say, step } from "../progress.js";
import { describeFirstPayment, describeStack } from "./banner.ts";
import { sendFirstPayment } from "./first-payment.ts";
import { resetHome } from "./reset-home.ts";
import { secretsPath, stackHome } from "./stack-home.ts";
import { type Stack, startStack } from "./start-stack.ts";
import { stopRequest } from "./stop-request.ts";

const home = stackHome();
const command = process.argv[2];

try {
  if (command === "start") await start();
  else if (command === "reset") await step(`Forget ${home}`, async () => resetHome(home));
  else throw new Error("Usage: node packages/stack/bootstrap.js start|reset|test|build");
} catch (error) {
  say(`\n${(error as Error).message}`);
  process.exitCode = 1;
}
// Nothing is left to do, whatever handle is still open.
process.exit();

async function start(): Promise<void> {
  const stopped = stopRequest();
  const log = (line: string) => say(`  · ${line}`);
  const isFirstStart = !existsSync(secretsPath(home));
  let stack: Stack | undefined;
  // Nothing that goes wrong in here may leave processes behind.
  process.on("uncaughtException", async (error) => {
    say(`\n${error.stack ?? error.message}`);
    await stack?.stop();
    process.exit(1);
  });
  try {
    const { DATABASE_URL, REDIS_URL } = process.env;
    stack = await startStack({
      home,
      databaseUrl: DATABASE_URL || undefined,
      redisUrl: REDIS_URL || undefined,
      log,
      step,
      signal: stopped,
    });
    const { info } = stack;
    const payment = await Promise.race([step("A first payment", () => sendFirstPayment(info)), rejectedOn(stopped)]);
    say(`\n${describeFirstPayment(payment)}\n${describeStack(info, home, isFirstStart)}\n`);
    if (!stopped.aborted) await once(stopped, "abort");
  } catch (error) {
    if (!stopped.aborted) throw error;
  } finally {
    if (stack) await step("Stop everything", stack.stop);
  }
}

function rejectedOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
