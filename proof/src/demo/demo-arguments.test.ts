import { expect, test } from "@jest/globals";
import { readDemoArguments } from "./demo-arguments.ts";

test("needs no options, and takes a seed and a number of customers", () => {
  expect(readDemoArguments([])).toEqual({ seed: 7, checkouts: 300 });
  expect(readDemoArguments(["--seed", "12", "--checkouts=50"])).toEqual({ seed: 12, checkouts: 50 });
  expect(readDemoArguments(["--help"])).toBe("help");
});

test("refuses what it cannot run, and says what it may be", () => {
  expect(() => readDemoArguments(["--checkouts", "9"])).toThrow("--checkouts must be a whole number from 10 to 2000");
  expect(() => readDemoArguments(["--seed", "-1"])).toThrow("--seed");
  expect(() => readDemoArguments(["--seed=1e3"])).toThrow("--seed must be a whole number from 0 to 4294967295");
  expect(() => readDemoArguments(["--speed", "1"])).toThrow("--speed");
});
