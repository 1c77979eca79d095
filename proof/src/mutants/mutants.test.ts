import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { repositoryRoot } from "@payonce/stack";
import { MUTANTS } from "./mutants.ts";
import { runMutant } from "./run-mutant.ts";

test("every mutant still finds what it breaks in the code, once", () => {
  const edits = MUTANTS.flatMap(({ name, edits }) => edits.map((edit) => ({ name, ...edit })));
  const lost = edits.filter(
    ({ file, find }) => readFileSync(join(repositoryRoot, file), "utf8").split(find).length !== 2,
  );
  expect(lost.map(({ name, file }) => `${name}: ${file}`)).toEqual([]);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});

test("a storm sees that what is not stored is confirmed", async () => {
  const mutant = MUTANTS.find(({ name }) => name === "confirm-what-is-not-stored");
  if (!mutant) throw new Error("there is no such mutant");
  const result = await runMutant(mutant, { seeds: ["1"], seconds: 10 });
  expect(result).toMatchObject({ kind: "killed", rule: "9" });
}, 240_000);
