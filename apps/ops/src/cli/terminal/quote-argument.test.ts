import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { quoteArgument } from "./quote-argument.ts";

test("a shell takes a quoted argument for what it was", () => {
  const texts = [
    "attempts_spent",
    "acct_1:live",
    "it's over",
    'say "yes"',
    "$(id) `id` $HOME \\ !",
    "",
    "a\tb",
    "*",
    "支付",
  ];
  for (const text of texts)
    expect(execFileSync("/bin/sh", ["-c", `printf %s ${quoteArgument(text)}`], { encoding: "utf8" })).toBe(text);
  expect(quoteArgument("acct_1:live")).toBe("acct_1:live");
  expect(quoteArgument("it's over")).toBe('"it\'s over"');
});
