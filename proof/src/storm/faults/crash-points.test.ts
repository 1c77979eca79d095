import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { repositoryRoot } from "@payonce/stack";
import { CRASH_POINTS } from "./crash-points.ts";

/** Of the charger's calls to the provider, whose points are named after the step. */
const STEPS = ["create", "find", "retrieve", "confirm", "cancel"];

test("the storm knows every crash point that there is in the code, and no other", () => {
  const found = ["api", "relay", "charger", "notifier"].flatMap((app) => {
    const folder = join(repositoryRoot, "apps", app, "src");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      /(?<!\.test)\.ts$/.test(file),
    );
    return files.flatMap((file) => {
      const source = readFileSync(join(folder, file), "utf8");
      return [...source.matchAll(/crashPoint\(["`]([^"`]+)["`]\)/g)].map(([, name = ""]) => name);
    });
  });
  const named = found.flatMap((name) =>
    name.includes("$" + "{step.do}") ? STEPS.map((step) => name.replace("$" + "{step.do}", step)) : [name],
  );
  expect([...new Set(named)].sort()).toEqual([...CRASH_POINTS].sort());
});
