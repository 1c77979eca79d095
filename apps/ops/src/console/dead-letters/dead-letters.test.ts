import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import { type Agent, startTestOps, type TestOps } from "../../test-ops.ts";
import { insertDeadLetter } from "../test-payments.ts";

let ops: TestOps;
let operator: Agent;
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
});
afterAll(() => ops.stop());
beforeEach(() => emptyTables(ops.db, "payments"));

const idsOn = (text: string) =>
  [...text.matchAll(/<input type="checkbox" name="id" value="(pay_\w+)"/g)].map(([, id]) => id);
const list = async (query = "") => {
  const { text } = await operator.get(`/dead-letters${query}`);
  return { text, ids: idsOn(text) };
};

describe("the dead letters", () => {
  test("say of each whether money may have moved, and are counted by reason", async () => {
    await insertDeadLetter(ops.db);
    await insertDeadLetter(ops.db, { outcomeUnknown: true });
    await insertDeadLetter(ops.db, { outcomeUnknown: true, reason: "provider_mismatch" });
    const { text, ids } = await list();
    expect(ids).toHaveLength(3);
    expect(text).toContain("3 dead letters: 2 may have been charged, 1 not.");
    expect(text.match(/is-warn"><svg.{0,400}?May have been charged<\/span>/g)).toHaveLength(2);
    expect(text).toContain('<a href="/dead-letters?why=attempts_spent">Attempts spent</a>');
    expect(text).toContain("Retry all 3 that match…");
  });

  test("can be filtered by each thing there is, and the filter stays set", async () => {
    const unknown = await insertDeadLetter(ops.db, { outcomeUnknown: true });
    const mismatch = await insertDeadLetter(ops.db, { reason: "provider_mismatch" });
    const old = await insertDeadLetter(ops.db);
    await ops.db.pool.query(
      "UPDATE payments SET updated_at = now() - interval '2 days', provider_account = 'acct_9' WHERE id = $1",
      [old],
    );
    const merchant = (await ops.db.pool.query("SELECT merchant_id FROM payments WHERE id = $1", [old])).rows[0]
      .merchant_id;
    expect((await list("?outcome=unknown")).ids).toEqual([unknown]);
    expect((await list("?why=provider_mismatch")).ids).toEqual([mismatch]);
    expect((await list("?age=over-day")).ids).toEqual([old]);
    expect((await list("?age=last-day")).ids).toEqual([mismatch, unknown]);
    expect((await list(`?merchant=${merchant}`)).ids).toEqual([old]);
    expect((await list("?account=acct_9")).ids).toEqual([old]);
    expect((await list(`?search=${mismatch}`)).ids).toEqual([mismatch]);
    expect((await list("?outcome=&why=&search=%20")).ids).toHaveLength(3);
    const { text } = await list("?outcome=unknown&age=last-day");
    expect(text).toContain('<option value="unknown" selected>');
    expect(text).toContain("/dead-letters/retry?all=1&amp;age=last-day&amp;outcome=unknown");
  });

  test("come page by page, with the filter", async () => {
    for (let n = 0; n < 51; n++) await insertDeadLetter(ops.db, { reason: "no_progress" });
    const first = await list("?why=no_progress");
    expect(first.ids).toHaveLength(50);
    const next = /<a class="button" href="([^"]+)" rel="next"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(next).toContain("why=no_progress");
    const second = await operator.get(next);
    expect(idsOn(second.text)).toHaveLength(1);
    expect(second.text).toContain('href="/dead-letters?why=no_progress">Newest</a>');
  });

  test("say so when there is none, or none that matches", async () => {
    expect((await list()).text).toContain("No payment waits for a person.");
    expect((await list("?outcome=known")).text).toContain("No dead letter matches.");
  });
});
