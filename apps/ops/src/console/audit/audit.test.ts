import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { appendAudit, withAudit } from "@payonce/db/operations";
import { type Agent, startTestOps, TEST_ACTOR, type TestOps } from "../../test-ops.ts";
import { insertDeadLetter } from "../test-payments.ts";

let ops: TestOps;
let operator: Agent;
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
});
afterAll(() => ops.stop());

describe("the audit log", () => {
  test("says who did what to which payment and why, and what it changed", async () => {
    const id = await insertDeadLetter(ops.db);
    await operator.post(`/payments/${id}/retry`, { reason: "the provider is back", version: "2" });
    const { text } = await operator.get(`/audit?payment=${id}`);
    for (const words of ["Retried", "<q>the provider is back</q>", `href="/payments/${id}"`])
      expect(text).toContain(words);
    expect(text).toMatch(/status<\/span> .*?dead_lettered.*?→.*?queued/);
    expect((await operator.get(`/audit?payment=${id}&action=discard`)).text).toContain("No entry matches.");
    expect((await operator.get(`/audit?payment=${id}&actor=operator`)).text).toContain("the provider is back");
    expect((await operator.get(`/audit?payment=${id}&actor=somebody`)).text).toContain("No entry matches.");
  });

  test("folds what is long, and says of what is only told about before that it was", async () => {
    const entry = {
      action: "start_bulk_run",
      reason: "many",
      before: { gone: "yes" },
      after: { selection: { ids: Array.from({ length: 1_000 }, (_, n) => `pay_${n}`) } },
    };
    await withAudit(ops.db.pool, (client) => appendAudit(client, { ...TEST_ACTOR, name: "cli:long" }, [entry]));
    const { text } = await operator.get("/audit?actor=cli:long");
    expect(text).toContain("<details><summary>{&quot;ids&quot;:");
    expect(text).not.toContain("pay_999");
    expect(text).toMatch(/gone<\/span> <span>was <\/span><span class="was">yes/);
  });

  test("comes page by page, with the filter", async () => {
    const entries = Array.from({ length: 51 }, (_, n) => ({
      action: "retry",
      reason: `number ${n}.`,
      before: null,
      after: null,
    }));
    await withAudit(ops.db.pool, (client) => appendAudit(client, { ...TEST_ACTOR, name: "cli:many" }, entries));
    const first = (await operator.get("/audit?actor=cli:many&action=retry")).text;
    expect(first).toContain("number 50.");
    expect(first).not.toContain("number 0.");
    const next = /<a class="button" href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = (await operator.get(next)).text;
    expect(second).toContain("number 0.");
    expect(second).not.toContain("number 1.");
  });
});
