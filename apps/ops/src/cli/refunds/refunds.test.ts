import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { deadLetterOneRefund, insertMerchant, refundOne } from "@payonce/db/testing";
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

const NOBODY = "ref_01m814esw7e00bgbyj9j5g8yxa";
const dead = (options = {}) => deadLetterOneRefund(cli.db, merchantId, options);
const refunds = (...args: string[]) => cli.run("refunds", ...args);
const because = ["--reason", "ticket 811"] as const;

test("a list shows the newest first, and only what is asked for", async () => {
  const [first, second] = [await dead(), await refundOne(cli.db, merchantId)];
  const list = async (...args: string[]) => {
    const { data } = (await refunds("list", "--merchant", merchantId, "--json", ...args)).json<{
      data: { id: string }[];
    }>();
    return data.map(({ id }) => id);
  };
  expect(await list()).toEqual([second, first]);
  expect(await list("--status", "dead_lettered")).toEqual([first]);
  const { stdout } = await refunds("list", "--merchant", merchantId);
  expect(stdout).toMatch(new RegExp(`^${first} +\\S+Z +dead_lettered +10\\.00 EUR +pay_`, "m"));
});

test("a refund is shown with what happened to it and what to do, and on its payment", async () => {
  const id = await dead({ outcomeUnknown: true });
  await refunds("look-up", id, ...because);
  const { stdout } = await refunds("show", id);
  expect(stdout).toMatch(/^Status +dead_lettered \(the money may have gone back\)$/m);
  expect(stdout).toMatch(/ refund_requested/);
  expect(stdout).toMatch(new RegExp(`${cli.actor} +cli +look_up_refund +ticket 811$`, "m"));
  expect(stdout).toContain("refunds resolve needs evidence");
  const shown = (await refunds("show", id, "--json")).json<{ payment_id: string }>();
  expect(shown).toMatchObject({ id, object: "refund", status: "dead_lettered" });
  const payment = await cli.run("payments", "show", shown.payment_id);
  expect(payment.stdout).toMatch(new RegExp(`^${id} +dead_lettered +10\\.00 EUR +may have gone back`, "m"));
  expect((await refunds("show", NOBODY, "--json")).json()).toMatchObject({ code: "refund_not_found" });
});

describe("deciding about a dead letter", () => {
  test("retries, discards and resolves, and writes down who did it and why", async () => {
    const [retried, discarded, resolved] = [await dead(), await dead(), await dead({ outcomeUnknown: true })];
    expect(await refunds("retry", retried, ...because)).toMatchObject({ stdout: `${retried} is queued.\n` });
    expect(await refunds("discard", discarded, ...because)).toMatchObject({ stdout: `${discarded} is failed.\n` });
    const evidence = ["--outcome", "succeeded", "--provider-refund", "re_1", "--evidence", "seen in the dashboard"];
    expect(await refunds("resolve", resolved, ...evidence, ...because)).toMatchObject({
      stdout: `${resolved} is succeeded.\n`,
    });
    const audit = await cli.query("SELECT action, reason FROM audit_log WHERE target = ANY ($1) ORDER BY id", [
      retried,
      discarded,
      resolved,
    ]);
    expect(audit).toEqual(
      ["retry_refund", "discard_refund", "resolve_refund"].map((action) => ({ action, reason: "ticket 811" })),
    );
  });

  test("is refused for what has changed, may have moved money, or is none", async () => {
    const id = await dead({ outcomeUnknown: true });
    const code = async (...args: string[]) => (await refunds(...args, ...because, "--json")).json().code;
    expect(await code("retry", id, "--seen-version", "7")).toBe("refund_changed");
    expect(await code("discard", id)).toBe("outcome_unknown");
    expect(await code("resolve", id, "--outcome", "failed", "--evidence", "not in the list")).toBe("outcome_unknown");
    expect(await code("retry", await refundOne(cli.db, merchantId))).toBe("refund_not_dead_lettered");
    expect(await code("resolve", NOBODY, "--outcome", "failed", "--evidence", "x")).toBe("refund_not_found");
  });
});

test("dead letters are told of both kinds, whichever is asked for", async () => {
  const id = await dead();
  const ofRefunds = await cli.run("dead-letters", "list", "--kind", "refund", "--merchant", merchantId);
  expect(ofRefunds.stdout).toContain(id);
  const ofPayments = await cli.run("dead-letters", "list", "--merchant", merchantId);
  expect(ofPayments).toMatchObject({ exitCode: 0, stderr: "A refund waits as well: --kind refund\n" });
  const groups = await cli.run("dead-letters", "groups", "--merchant", merchantId);
  expect(groups.stdout).toMatch(/^refund +attempts_spent +1 /m);
});
