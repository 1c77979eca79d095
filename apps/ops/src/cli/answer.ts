import type { Look } from "./terminal/look.ts";

/** What a command found or did. One of the two is printed, on standard output. */
export interface Answer {
  /** The document of `--json`. Its keys are written in snake_case, its dates as ISO 8601. */
  json: unknown;
  /** For people: whole lines. */
  text(look: Look): string;
  /** 1 for a look that found something wrong; 0 where not said. */
  exitCode?: 0 | 1;
}
