import { createCli } from "./cli.ts";
import { createProgram } from "./program.ts";
import { reportFailure } from "./report-failure.ts";
import type { Terminal } from "./terminal/terminal.ts";

/**
 * Runs one command to its end.
 *
 * @param args what comes after the program's name
 * @returns the exit code: 0 done, 1 refused or failed, 2 the command cannot be run as it is
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const cli = createCli(terminal);
  try {
    await createProgram(cli).parseAsync(args, { from: "user" });
    return cli.exitCode;
  } catch (error) {
    return reportFailure(error, cli, args.includes("--json"));
  } finally {
    await cli.close();
  }
}
