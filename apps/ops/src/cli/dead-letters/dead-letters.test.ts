import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { deadLetterOne, insertMerchant } from "@payonce/db/testing";
import { startTestCli, type TestCli } from "../test-cli.ts";

let cli: TestCli;
let merchantId: string;
beforeAll(async () => {
  cli = await startTestCli();
});
beforeEach(async () => {
  merchantId = await insertMerchant(cli.db);
});
afterAll(() => cli.drop());

const deadLetter = (options = {}) => deadLetterOne(cli.db, merchantId, options);
const stateOf = async (id: string) =>
  (await cli.query("SELECT status, version, outcome_unknown FROM payments WHERE id = $1", id))[0];
const lastAudit = async (id: string) =>
  (
    await cli.query(
      "SELECT action, actor, via, reason, after FROM audit_log WHERE payment_id = $1 ORDER BY id DESC",
      id,
    )
  )[0];

test("dead letters are listed and counted by what is asked for", async () => {
  const spent = await deadLetter();
  const unknown = await deadLetter({ outcomeUnknown: true, reason: "no_progress" });
  await cli.query("UPDATE payments SET updated_at = now() - interval '3 hours' WHERE id = $1", spent);
  const list = async (...filter: string[]) => {
    const listed = await cli.run("dead-letters", "list", "--merchant", merchantId, "--json", ...filter);
    return listed.json<{ data: { id: string }[] }>().data.map(({ id }) => id);
  };
  expect(await list()).toEqual([unknown, spent]);
  expect(await list("--unknown")).toEqual([unknown]);
  expect(await list("--known")).toEqual([spent]);
  expect(await list("--cause", "attempts_spent")).toEqual([spent]);
  expect(await list("--older-than", "2h")).toEqual([spent]);
  expect(await list("--newer-than", "2h")).toEqual([unknown]);
  expect(await list("--search", `pi_${unknown}`)).toEqual([unknown]);
  expect(await list("--account", "acct_other")).toEqual([]);

  const shown = await cli.run("dead-letters", "list", "--merchant", merchantId);
  expect(shown.stdout).toMatch(new RegExp(`^${unknown} .* no_progress +- +may have moved +42\\.00 EUR `, "m"));
  const groups = await cli.run("dead-letters", "groups", "--merchant", merchantId);
  expect(groups.stdout).toMatch(/^payment +attempts_spent +1 +0 /m);
  expect(groups.stdout).toContain("2 dead letters; of 1 it is unknown whether money moved.");
  expect((await cli.run("dead-letters", "groups", "--merchant", merchantId, "--json")).json()).toMatchObject({
    object: "dead_letter_groups",
    count: 2,
    outcome_unknown: 1,
  });
  const none = await cli.run("dead-letters", "list", "--search", "nothing");
  expect(none).toMatchObject({ exitCode: 0, stdout: "There is no such dead letter.\n" });
});

test("a dead letter is resolved with evidence, which is kept", async () => {
  const id = await deadLetter({ outcomeUnknown: true });
  const evidence = ["--evidence", "ch_3Q9x is captured in the dashboard"];
  const resolve = (...args: string[]) =>
    cli.run(
      "dead-letters",
      "resolve",
      id,
      "--outcome",
      "succeeded",
      ...evidence,
      "--reason",
      "the key is gone",
      ...args,
    );
  const blank = ["dead-letters", "resolve", id, "--outcome", "succeeded", "--evidence", " ", "--reason", "x"];
  expect(await cli.run(...blank)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("what was seen and where"),
  });
  const outdated = await resolve("--seen-version", "7");
  expect(outdated).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("has changed since") });
  expect(await stateOf(id)).toMatchObject({ status: "dead_lettered", version: 1 });

  expect(await resolve()).toMatchObject({ exitCode: 0, stdout: `${id} is succeeded.\n` });
  expect(await stateOf(id)).toMatchObject({ status: "succeeded", outcome_unknown: false });
  expect(await lastAudit(id)).toMatchObject({
    action: "resolve",
    actor: cli.actor,
    via: "cli",
    after: { evidence: "ch_3Q9x is captured in the dashboard" },
  });
  expect((await resolve("--json")).json()).toMatchObject({ code: "payment_not_dead_lettered" });
});

test("a dead letter that may have been charged is not discarded", async () => {
  const unclear = await deadLetter({ outcomeUnknown: true });
  const clear = await deadLetter({ hasObject: false });
  const discard = (id: string) => cli.run("dead-letters", "discard", id, "--reason", "paid otherwise", "--json");
  const refused = await discard(unclear);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("The payment may have been charged") });
  expect(refused.json()).toMatchObject({ code: "outcome_unknown" });
  expect(await stateOf(unclear)).toMatchObject({ status: "dead_lettered" });
  expect((await discard(clear)).json()).toMatchObject({ action: "discard", payment_id: clear, status: "canceled" });
  expect(await lastAudit(clear)).toMatchObject({ action: "discard", reason: "paid otherwise" });
});
