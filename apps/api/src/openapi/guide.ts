import { readFileSync } from "node:fs";
import { ERROR_CATALOGUE, type ErrorCode } from "@payonce/domain";
import { codesByStatus } from "@payonce/http/openapi";

const CHAPTERS = ["quick-start", "results", "retries", "web-pages", "after"];

/** The text before the calls, in Markdown. A test runs its examples as they are written. */
export function readGuide(problemCodes: readonly ErrorCode[]): string {
  const read = (name: string) => readFileSync(new URL(`./guide/${name}.md`, import.meta.url), "utf8").trim();
  return CHAPTERS.map(read).join("\n\n").replace("{{problems}}", listProblems(problemCodes));
}

function listProblems(codes: readonly ErrorCode[]): string {
  const rows = [...codesByStatus(codes)].flatMap(([status, ofStatus]) =>
    ofStatus.map((code) => {
      const { title, retryable } = ERROR_CATALOGUE[code];
      return `| ${status} | \`${code}\` | ${title} | ${retryable ? "yes" : ""} |`;
    }),
  );
  return ["| status | `code` | what it is | `retryable` |", "|---|---|---|---|", ...rows].join("\n");
}
