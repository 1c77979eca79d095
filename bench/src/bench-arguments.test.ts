import { expect, test } from "@jest/globals";
import { readBenchArguments } from "./bench-arguments.ts";

test("needs no options, and measures everybody", () => {
  expect(readBenchArguments([])).toMatchObject({ scenarios: ["burst", "steady"], rounds: undefined, isQuick: false });
  expect(readBenchArguments([])).toMatchObject({ only: expect.arrayContaining(["ceiling", "pg-boss", "payonce"]) });
  expect(readBenchArguments(["--help"])).toBe("help");
});

test("takes contestants and scenarios in any order, each once", () => {
  const args = ["--quick", "--only", "payonce,naive,naive", "--scenario=flood,backlog", "--rounds", "5"];
  expect(readBenchArguments(args)).toEqual({
    scenarios: ["backlog", "flood"],
    only: ["naive", "payonce"],
    rounds: 5,
    isQuick: true,
    isFull: false,
  });
});

test("refuses what it cannot run, and says what it may be", () => {
  expect(() => readBenchArguments(["--only", "sidekiq"])).toThrow('--only knows no "sidekiq": ceiling, naive');
  expect(() => readBenchArguments(["--only", ","])).toThrow("--only is empty");
  expect(() => readBenchArguments(["--scenario", "calm"])).toThrow('--scenario knows no "calm": burst, steady');
  expect(() => readBenchArguments(["--rounds", "0"])).toThrow("--rounds must be a whole number from 1 to 20");
  expect(() => readBenchArguments(["--speed"])).toThrow("--speed");
});
