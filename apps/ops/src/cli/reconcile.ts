import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { REPOSITORY_ROOT } from "./local-stack.ts";
import { UsageError } from "./usage-error.ts";

/** Apps do not import one another: it is run as the command that it is. */
const MAIN = join(REPOSITORY_ROOT, "apps/charger/dist/reconcile-main.js");

/** `payonce reconcile …`: all that follows, `--help` too, is the other command's. */
export function addReconcile(program: Command, cli: Cli): void {
  program
    .command("reconcile")
    .summary("Compare the provider's charges with the payments, both ways")
    .argument("[arguments...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[]) => {
      cli.exitCode = await reconcile(args, cli);
    });
}

async function reconcile(args: readonly string[], { terminal }: Cli): Promise<number> {
  if (!existsSync(MAIN)) throw new UsageError("It is not built yet. Run: npm run build");
  const child = spawn(process.execPath, ["--enable-source-maps", MAIN, ...args], {
    stdio: "inherit",
    env: terminal.env,
  });
  // Ctrl-C reaches both; the child stops in order, and this waits for it. Another's SIGTERM reaches this one alone.
  const release = terminal.onInterrupt(() => {});
  const pass = () => child.kill("SIGTERM");
  process.once("SIGTERM", pass);
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code ?? 2;
  } finally {
    release();
    process.off("SIGTERM", pass);
  }
}
