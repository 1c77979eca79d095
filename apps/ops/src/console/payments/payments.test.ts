import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import { type Agent, startTestOps, type TestOps } from "../../test-ops.ts";
import { insertPayment } from "../test-payments.ts";

let ops: TestOps;
let viewer: Agent;
beforeAll(async () => {
  ops = await startTestOps();
  viewer = await ops.signIn("viewer");
});
afterAll(() => ops.stop());
beforeEach(() => emptyTables(ops.db, "payments"));

const idsOn = (text: string) =>
  [...text.matchAll(/<a class="id-link" href="\/payments\/(pay_\w+)"/g)].map(([, id]) => id);
const list = async (path: string) => {
  const { text } = await viewer.get(path);
  return { text, ids: idsOn(text) };
};

describe("the payments", () => {
  test("are listed, the newest first, with their state in plain words", async () => {
    const ids = [await insertPayment(ops.db, { status: "unknown" }), await insertPayment(ops.db)];
    const { text, ids: listed } = await list("/payments");
    expect(listed).toEqual([...ids].reverse());
    expect(text).toContain("Outcome unknown");
    expect(text).toContain("42.00 EUR");
  });

  test("come page by page, with the filter", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 51; n++) ids.push(await insertPayment(ops.db, { status: "canceled" }));
    const first = await list("/payments?status=canceled");
    expect(first.ids).toEqual(ids.slice(1).reverse());
    const next = /<a class="button" href="([^"]+)" rel="next"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await list(next);
    expect(second.ids).toEqual([ids[0]]);
    expect(second.text).toContain('href="/payments?status=canceled">Newest</a>');
  });

  test("are found by what a search says, which stays in its field", async () => {
    const id = await insertPayment(ops.db);
    await insertPayment(ops.db);
    const { text, ids } = await list(`/payments?search=%20pi_${id}%20`);
    expect(ids).toEqual([id]);
    expect(text).toContain(`value="pi_${id}"`);
    expect(text).toContain("1 payment found.");
    expect((await list("/payments?search=nothing")).text).toContain("There is none.");
  });
});
