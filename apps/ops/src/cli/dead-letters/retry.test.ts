import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
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

const deadLetters = (count: number, options = {}) =>
  Promise.all(Array.from({ length: count }, () => deadLetterOne(cli.db, merchantId, options)));
const retry = (...args: string[]) => cli.run("dead-letters", "retry", ...args);
const countDead = async () => {
  const [row] = await cli.query(
    "SELECT count(*)::int AS n FROM payments WHERE merchant_id = $1 AND status = 'dead_lettered'",
    merchantId,
  );
  return row.n;
};
const runs = () => cli.query("SELECT id, status FROM bulk_runs ORDER BY id");

describe("one that is named", () => {
  test("is retried at once, once, and audited", async () => {
    const [id = ""] = await deadLetters(1);
    expect(await retry(id, "--reason", "the card works again")).toMatchObject({
      exitCode: 0,
      stdout: `${id} is charged anew.\n`,
      stderr: "",
    });
    const [payment] = await cli.query("SELECT status, version FROM payments WHERE id = $1", id);
    expect(payment).toEqual({ status: "queued", version: 2 });
    expect(await cli.query("SELECT actor, via, reason FROM audit_log WHERE payment_id = $1", id)).toEqual([
      { actor: cli.actor, via: "cli", reason: "the card works again" },
    ]);
    const again = await retry(id, "--reason", "pressed twice", "--json");
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("The payment is not dead-lettered: ") });
    expect(again.json()).toMatchObject({ code: "payment_not_dead_lettered" });
  });

  test("of which it is unknown whether money moved, is looked up first", async () => {
    const [id = ""] = await deadLetters(1, { outcomeUnknown: true });
    expect((await retry(id, "--reason", "x", "--json")).json()).toMatchObject({ status: "unknown", action: "retry" });
  });

  test("is not retried without a reason, nor when only counted", async () => {
    const [id = ""] = await deadLetters(1);
    expect(await retry(id)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--reason is missing") });
    expect((await retry(id, "--dry-run", "--json")).json()).toMatchObject({ dry_run: true, count: 1 });
    expect(await countDead()).toBe(1);
  });
});

describe("many", () => {
  test("are only counted first, and the command is shown that does it", async () => {
    await deadLetters(3);
    await deadLetters(2, { outcomeUnknown: true });
    const before = await runs();
    const counted = await retry("--merchant", merchantId, "--older-than", "0s", "--rate", "1", "--reason", "it's over");
    expect(counted.exitCode).toBe(0);
    expect(counted.stdout).toContain("5 dead letters would be retried, 1 a second: 5 s in all.");
    expect(counted.stdout).toContain("Of 2 it is unknown whether money moved");
    const command = `payonce dead-letters retry --merchant ${merchantId} --older-than 0s --no-dry-run --expect 5 --rate 1 --reason "it's over"`;
    expect(counted.stdout).toContain(`\n  ${command}\n`);
    expect([await countDead(), await runs()]).toEqual([5, before]);

    const asJson = await retry("--merchant", merchantId, "--json");
    expect(asJson.json()).toMatchObject({ object: "bulk_retry_dry_run", count: 5, outcome_unknown: 2 });
    const npx = { env: { npm_command: "exec" } };
    expect((await cli.runWith(npx, "dead-letters", "retry", "--all")).stdout).toContain(
      "\n  npx payonce dead-letters retry --all --no-dry-run",
    );
  });

  test("are retried in the background, and this command works them off where no ops app does", async () => {
    await deadLetters(12);
    const args = [
      "--merchant",
      merchantId,
      "--no-dry-run",
      "--expect",
      "12",
      "--rate",
      "1000",
      "--reason",
      "it is over",
    ];
    const done = await cli.runWith({ columns: 80 }, "dead-letters", "retry", ...args);
    expect(done).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("so this command does") });
    // One line that changes, and that is gone in the end.
    expect(done.stderr).toContain("\r\x1b[K0 of 12, about 0 s to go");
    expect(done.stderr.endsWith("\r\x1b[K")).toBe(true);
    expect(done.stdout).toMatch(/^blk_\w{26} is finished: 12 of 12 payments retried\.\n$/);
    expect(await countDead()).toBe(0);
    const id = done.stdout.slice(0, 30);
    const [entry] = await cli.query(
      "SELECT actor, via, reason FROM audit_log WHERE bulk_run_id = $1 AND action = 'retry'",
      id,
    );
    expect(entry).toEqual({ actor: cli.actor, via: "cli", reason: "it is over" });
  });

  test("are left alone when there are more or fewer than expected", async () => {
    const ids = await deadLetters(2);
    const refused = await retry(...ids, "--no-dry-run", "--expect", "3", "--reason", "x", "--json");
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("There are 2 dead letters") });
    expect(refused.json()).toMatchObject({ code: "count_changed" });
    expect(await countDead()).toBe(2);
  });

  test.each([
    [["--all", "--no-dry-run", "--reason", "x"], "--expect is missing: run it without --no-dry-run first"],
    [["--all", "--no-dry-run", "--expect", "1"], "--reason is missing"],
    [["--all", "--unknown"], "one of the three"],
    [["pay_01m814esw7e00bgbyj9j5g8yxa", "--unknown", "--reason", "x"], "one of the three"],
    [[], "Say which"],
  ])("%j is refused", async (args, says) => {
    await deadLetters(1);
    expect(await retry(...args)).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(says) });
    expect(await countDead()).toBe(1);
  });
});

describe("a run", () => {
  const start = async (count: number, ...args: string[]) => {
    await deadLetters(count);
    const all = ["--merchant", merchantId, "--no-dry-run", "--expect", String(count), "--rate", "1", "--reason", "x"];
    return retry(...all, ...args);
  };

  test("is left running by --detach, followed, aborted, resumed and listed", async () => {
    const started = (await start(3, "--detach", "--json")).json<{ id: string }>();
    expect(started).toMatchObject({ object: "bulk_run", status: "running", total: 3, left: 3, rate_per_second: 1 });
    const { id } = started;
    const aborted = await cli.run("dead-letters", "abort", id, "--reason", "down again");
    expect(aborted).toMatchObject({ exitCode: 0, stdout: `${id} is aborted: 0 of 3 payments retried, 3 to go.\n` });
    const followed = await cli.run("dead-letters", "follow", id);
    expect(followed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("is aborted") });
    const twice = await cli.run("dead-letters", "abort", id, "--reason", "again", "--json");
    expect(twice).toMatchObject({ exitCode: 1 });
    expect(twice.json()).toMatchObject({ code: "bulk_run_ended" });
    expect(await countDead()).toBe(3);

    const resumed = await cli.run("dead-letters", "resume", id, "--reason", "up again", "--detach", "--json");
    expect(resumed.json()).toMatchObject({ status: "running" });
    const listed = await cli.run("dead-letters", "runs", "--limit", "1");
    expect(listed.stdout).toMatch(new RegExp(`^${id} +\\S+ +running +0/3 +0 +3 +1/s +${cli.actor} +x$`, "m"));
    await cli.run("dead-letters", "abort", id, "--reason", "the test is over");
  });

  test("is left running by Ctrl-C, which says how to stop it", async () => {
    await deadLetters(2);
    const args = ["--merchant", merchantId, "--no-dry-run", "--expect", "2", "--rate", "1", "--reason", "x"];
    const left = await cli.runWith({ onListening: (interrupt) => interrupt() }, "dead-letters", "retry", ...args);
    expect(left).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ is running: \d of 2 payments retried/) });
    const id = left.stdout.slice(0, 30);
    expect(left.stderr).toContain(`payonce dead-letters abort ${id} --reason`);
    expect(await runs()).toContainEqual({ id, status: "running" });
    await cli.run("dead-letters", "abort", id, "--reason", "the test is over");
  });

  test("that there is none of cannot be followed", async () => {
    const missing = await cli.run("dead-letters", "follow", "blk_01m814esw7e00bgbyj9j5g8yxa", "--json");
    expect(missing.json()).toMatchObject({ code: "bulk_run_not_found" });
  });
});
