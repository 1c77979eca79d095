import { type Logger, pino } from "pino";

export type { Logger };

/** @param destination takes the lines; standard output when left out */
export function createLogger(name: string, level: string, destination?: { write(line: string): void }): Logger {
  const options = { name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * What of an error may be logged: its kind and where it arose. Not its message, which for a database or parser error can
 * hold what the client sent.
 */
export function describeError(error: unknown): { name: string; code?: string; frames: string[] } {
  const { name = "Error", code, stack = "" } = error as { name?: string; code?: unknown; stack?: string };
  const frames = stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
  return { name, ...(typeof code === "string" && { code }), frames };
}
