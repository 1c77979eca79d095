import { expect, test } from "@jest/globals";
import { chooseFaults, FAULTS } from "./faults/index.ts";
import { planFaults } from "./plan-faults.ts";
import { createRandom } from "./random.ts";
import { readStormArguments } from "./storm-arguments.ts";
import { planTraffic } from "./traffic/plan-traffic.ts";

const plan = (seed: string) => ({
  traffic: planTraffic(createRandom(seed), { seconds: 20, ratePerSecond: 10, tenants: 2 }),
  faults: planFaults(createRandom(seed), FAULTS, 20),
});

test("the same seed plans the same traffic and the same faults, another seed others", () => {
  expect(plan("7")).toEqual(plan("7"));
  expect(plan("7").traffic).not.toEqual(plan("8").traffic);
  expect(plan("7").faults).not.toEqual(plan("8").faults);
});

test("what is drawn for one visitor moves no other", () => {
  const one = createRandom("7");
  one.fork("visit-1").next();
  const draws = [one.fork("visit-2").next(), createRandom("7").fork("visit-2").next()];
  expect(draws[0]).toBe(draws[1]);
});

test("faults are chosen by name and by group, and left out with a dash", () => {
  const names = (list: string) => chooseFaults(list.split(",")).map(({ name }) => name);
  expect(names("all")).toHaveLength(FAULTS.length);
  expect(names("none")).toEqual([]);
  expect(names("redis-flush,kill-api")).toEqual(["kill-api", "redis-flush"]);
  expect(names("redis,-redis-flush")).not.toContain("redis-flush");
  expect(names("-crash")).toEqual(names("all").filter((name) => !name.startsWith("crash-")));
  expect(() => names("rediss")).toThrow('There is no fault "rediss"');
});

test("arguments that make no sense are refused with what is wrong", () => {
  for (const args of [
    ["--seconds", "0"],
    ["--rate", "x"],
    ["--faults", "x"],
    ["--visits", "x"],
    ["--set", "x"],
    ["--x"],
  ])
    expect(() => readStormArguments(args)).toThrow();
  expect(readStormArguments(["--set", "relay.RELAY_POLL_MS=5"]).env).toEqual({ relay: { RELAY_POLL_MS: "5" } });
});
