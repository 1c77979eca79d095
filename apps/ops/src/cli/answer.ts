import type { Look } from "./terminal/look.ts";

/** What a command found or did. One of the two is printed, on standard output. */
export interface Answer {
  /** The document of `--json`: the resource that the operators' API has for it, where there is one. */
  json: object;
  /** For people: whole lines. */
  text(look: Look): string;
  /** 1 for a look that found something wrong; 0 where not said. */
  exitCode?: 0 | 1;
}
