import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { settleAttempts } from "@payonce/db";
import { acceptOne, claimOne, deadLetterOne, insertMerchant, settleRequest } from "@payonce/db/testing";
import { startTestCli, type TestCli } from "../test-cli.ts";

const NOBODY = "pay_01m814esw7e00bgbyj9j5g8yxa";

let cli: TestCli;
let merchantId: string;
beforeAll(async () => {
  cli = await startTestCli();
});
beforeEach(async () => {
  merchantId = await insertMerchant(cli.db);
});
afterAll(() => cli.drop());

const accept = (overrides = {}) => acceptOne(cli.db, merchantId, overrides);
const list = async (...args: string[]) => {
  const listed = await cli.run("payments", "list", "--json", ...args);
  return listed.json<{ data: { id: string }[]; has_more: boolean }>();
};
const idsOf = async (...args: string[]) => (await list("--merchant", merchantId, ...args)).data.map(({ id }) => id);

describe("a list", () => {
  test("shows the newest first, and only what is asked for", async () => {
    const first = await accept({ orderReference: "1001" });
    const second = await accept({ orderReference: "1002" });
    const dead = await deadLetterOne(cli.db, merchantId);
    expect(await idsOf()).toEqual([dead, second, first]);
    expect(await idsOf("--status", "queued")).toEqual([second, first]);
    expect(await idsOf("--order-reference", "1001")).toEqual([first]);
    // Not by its id, though a search for it would find it.
    expect(await idsOf("--order-reference", first)).toEqual([]);
    expect(await idsOf("--since", "1h")).toHaveLength(3);
    expect(await idsOf("--since", "2999-01-01")).toEqual([]);
    const page = await list("--merchant", merchantId, "--limit", "2");
    expect(page).toMatchObject({ object: "list", has_more: true, data: [{ id: dead, amount: 4200 }, { id: second }] });
  });

  test("is for people a table without anything that drives their terminal", async () => {
    const id = await accept({ orderReference: "\u001b[2Jred\r\n" });
    const { stdout } = await cli.run("payments", "list", "--merchant", merchantId);
    expect(stdout).toMatch(/^ID +CREATED +STATUS +AMOUNT +MERCHANT +ORDER +CODE$/m);
    expect(stdout).toMatch(
      new RegExp(`^${id} +\\S+Z +queued +42\\.00 EUR +Test +\\\\u001b\\[2Jred\\\\r\\\\n +-$`, "m"),
    );
  });

  test("that is empty says so", async () => {
    const none = await cli.run("payments", "list", "--merchant", "mer_01m814esw7e00bgbyj9j5g8yxa");
    expect(none).toEqual(expect.objectContaining({ exitCode: 0, stdout: "There is no such payment.\n" }));
  });
});

describe("a payment", () => {
  test("is shown with its timeline, attempts, calls to the provider and what operators did", async () => {
    const id = await accept({ description: "A book", metadata: { fooBar: "\u009b31m" } });
    const claim = await claimOne(cli.db, id);
    if (!claim) throw new Error("it could not be claimed");
    const call = { operation: "create", at: "2026-11-22T10:00:00.000Z", durationMs: 12, httpStatus: 503 } as const;
    await settleAttempts(cli.db.pool, [settleRequest(claim, { evidence: [call], code: "provider_error" })]);
    await cli.run("payments", "cancel", id, "--reason", "ticket 811");

    const { exitCode, stdout } = await cli.run("payments", "show", id);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Status +canceled$/m);
    expect(stdout).toMatch(/^Metadata +\{"fooBar":"\\u009b31m"\}$/m);
    for (const kind of ["queued", "charging", "retry_wait", "canceled"])
      expect(stdout).toMatch(new RegExp(`^\\S+Z +\\d +${kind} `, "m"));
    expect(stdout).toMatch(/^1 +\S+Z +\d+ ms +not_executed +provider_error$/m);
    expect(stdout).toMatch(/^1 +2026-11-22T10:00:00\.000Z +create +12 ms +503 /m);
    expect(stdout).toMatch(new RegExp(`^\\S+Z +${cli.actor} +cli +cancel +ticket 811$`, "m"));

    const shown = await cli.run("payments", "show", id, "--json");
    expect(shown.stdout).toMatch(/^[\x20-\x7e\n]*$/);
    expect(shown.json()).toMatchObject({
      id,
      object: "payment",
      amount: 4200,
      metadata: { fooBar: "\u009b31m" },
      attempts: [{ number: 1, provider_calls: [{ operation: "create", duration_ms: 12, http_status: 503 }] }],
      actions: [{ action: "cancel", reason: "ticket 811" }],
    });
  });

  test("that nobody knows is not found", async () => {
    const missing = await cli.run("payments", "show", NOBODY, "--json");
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: "There is no such payment: There is no payment with this id.\n",
    });
    expect(missing.json()).toMatchObject({ type: "urn:payonce:problem:payment_not_found", code: "payment_not_found" });
  });

  test("is looked up at the provider, where there is something to look up", async () => {
    const unclear = await deadLetterOne(cli.db, merchantId, { outcomeUnknown: true });
    const asked = await cli.run("payments", "look-up", unclear, "--reason", "the customer asks");
    expect(asked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("The provider is asked") });
    const outbox = await cli.query("SELECT kind FROM outbox WHERE payment_id = $1 AND kind = 'look_again'", unclear);
    expect(outbox).toHaveLength(1);
    const refused = await cli.run("payments", "look-up", await accept(), "--reason", "x", "--json");
    expect(refused.json()).toMatchObject({ code: "nothing_to_look_up" });
  });

  test("is canceled, unless it may have been charged", async () => {
    const id = await accept();
    expect(await cli.run("payments", "cancel", id, "--reason", "x")).toMatchObject({ stdout: `${id} is canceled.\n` });
    const dead = await deadLetterOne(cli.db, merchantId, { outcomeUnknown: true });
    const refused = await cli.run("payments", "cancel", dead, "--reason", "x", "--json");
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.json()).toMatchObject({ code: "payment_not_cancelable" });
  });
});
