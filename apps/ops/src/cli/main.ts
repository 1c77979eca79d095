#!/usr/bin/env node
import { runCli } from "./run-cli.ts";

// Who reads has seen enough, as `head` has: no reason to say anything, and what was to be done is done or goes on.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });

const onInterrupt = (listener: () => void) => {
  process.on("SIGINT", listener);
  return () => void process.off("SIGINT", listener);
};

const { env, stdin, stdout, stderr } = process;
const exitCode = await runCli(process.argv.slice(2), { env, stdin, stdout, stderr, onInterrupt });
process.exitCode = exitCode;
// Written text may still be on its way into a pipe. Then nothing is left to do, whatever handle is still open.
stdout.write("", () => stderr.write("", () => process.exit(exitCode)));
