import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { expectProblem, moveTo, startTestApi, type TestApi, VALID } from "../test-api.ts";
import { attempt } from "../test-life.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments"));

async function make(count: number, body: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await api.post({ ...VALID, ...body })).body.id);
  return ids;
}
interface Page {
  ids: string[];
  hasMore: boolean;
}
async function list(query: string): Promise<Page> {
  const { status, body } = await api.get(`/v1/payments?${query}`);
  expect([status, body.object]).toEqual([200, "list"]);
  return { ids: body.data.map(({ id }: { id: string }) => id), hasMore: body.has_more };
}
/** Walks through all pages; `between` runs after each. */
async function walk(query: string, between: (page: number) => Promise<unknown> = async () => {}): Promise<string[]> {
  const seen: string[] = [];
  for (let page = 1, after = "", hasMore = true; hasMore; page++) {
    const { ids, hasMore: isMore } = await list(`${query}&limit=2${after}`);
    seen.push(...ids);
    hasMore = isMore;
    after = `&starting_after=${seen.at(-1)}`;
    await between(page);
  }
  return seen;
}

describe("?status", () => {
  test("takes one state or several", async () => {
    const [queued, declined, succeeded] = await make(3);
    await attempt(api.db, declined ?? "", "declined");
    await attempt(api.db, succeeded ?? "", "succeeded");
    expect((await list("status=declined")).ids).toEqual([declined]);
    expect((await list("status=succeeded,queued,queued")).ids).toEqual([succeeded, queued]);
    expect((await list("status=unknown")).ids).toEqual([]);
    expect(
      (await list("status=queued,charging,retry_wait,unknown,dead_lettered,succeeded,declined,canceled")).ids,
    ).toEqual([succeeded, declined, queued]);
  });

  test("visits each payment once that was in the state all the time, whatever comes, goes and changes", async () => {
    const ids = await make(9);
    // Every third leaves the state while the pages are read, some before they are come to and some after.
    const leaving = ids.filter((_, i) => i % 3 === 0);
    const staying = ids.filter((id) => !leaving.includes(id));
    const others = await make(3);
    for (const id of others) await moveTo(api.db, id, "succeeded");
    const seen = await walk("status=queued", async () => {
      const leaver = leaving.pop();
      if (leaver) await moveTo(api.db, leaver, "succeeded");
      await make(2);
    });
    expect(seen.filter((id) => staying.includes(id))).toEqual(staying.toReversed());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe("?order_reference", () => {
  test("finds every payment of the order, the declined ones too", async () => {
    const order = { order_reference: "Bestellung 10/1 & café" };
    const [first] = await make(1, order);
    await attempt(api.db, first ?? "", "declined");
    const [second] = await make(1, order);
    await make(1, { order_reference: "other" });
    await make(1);
    const query = `order_reference=${encodeURIComponent(order.order_reference)}`;
    expect((await list(query)).ids).toEqual([second, first]);
    expect((await list(`${query}&status=declined`)).ids).toEqual([first]);
    expect((await list(`${query}&limit=1`)).hasMore).toBe(true);
    expect((await list(`${query}&limit=1&starting_after=${second}`)).ids).toEqual([first]);
    expect((await list("order_reference=nobody's")).ids).toEqual([]);
  });
});

describe("?created_from and ?created_to", () => {
  test("take the first moment in and leave the last out, in any zone", async () => {
    const ids = await make(3);
    const times = (await api.get("/v1/payments")).body.data.map(
      ({ created_at }: { created_at: string }) => new Date(created_at),
    );
    await api.db.pool.query(
      "UPDATE payments SET created_at = $1::timestamptz + (array_position($2::text[], id) - 2) * interval '10 s' WHERE id = ANY ($2)",
      [times[0], ids],
    );
    const at = (seconds: number) => new Date(times[0].getTime() + seconds * 1_000).toISOString();
    expect((await list(`created_from=${at(0)}`)).ids).toEqual([ids[2], ids[1]]);
    expect((await list(`created_to=${at(0)}`)).ids).toEqual([ids[0]]);
    expect((await list(`created_from=${at(-10)}&created_to=${at(10)}`)).ids).toEqual([ids[1], ids[0]]);
    expect((await list(`created_from=${at(10)}&created_to=${at(-10)}`)).ids).toEqual([]);
    const inTokyo = `${new Date(times[0].getTime() + 9 * 3_600_000).toISOString().slice(0, -1)}+09:00`;
    expect((await list(`created_from=${encodeURIComponent(inTokyo)}`)).ids).toEqual([ids[2], ids[1]]);
  });

  test("take a date for its first moment in UTC", async () => {
    const [id] = await make(1);
    const { created_at } = (await api.get(`/v1/payments/${id}`)).body;
    const day = created_at.slice(0, 10);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    expect((await list(`created_from=${day}&created_to=${next}`)).ids).toEqual([id]);
    expect((await list(`created_to=${day}`)).ids).toEqual([]);
    expect((await list("created_from=0000-01-01&created_to=9999-12-31T23:59:59.999999999Z")).ids).toEqual([id]);
    expect((await list(`created_from=${next}`)).ids).toEqual([]);
  });
});

describe("?ending_before", () => {
  test("goes back to newer pages, which look as they did on the way there", async () => {
    const ids = (await make(7)).toReversed();
    const pages = [await list("limit=3"), await list(`limit=3&starting_after=${ids[2]}`)];
    expect(pages.map((page) => page.ids)).toEqual([ids.slice(0, 3), ids.slice(3, 6)]);
    expect(await list(`limit=3&ending_before=${ids[3]}`)).toEqual({ ids: ids.slice(0, 3), hasMore: false });
    expect(await list(`limit=2&ending_before=${ids[3]}`)).toEqual({ ids: ids.slice(1, 3), hasMore: true });
    expect(await list(`limit=2&ending_before=${ids[0]}`)).toEqual({ ids: [], hasMore: false });
    await moveTo(api.db, ids[1] ?? "", "succeeded");
    expect(await list(`limit=2&status=queued&ending_before=${ids[3]}`)).toEqual({
      ids: [ids[0], ids[2]],
      hasMore: false,
    });
  });

  test("cannot go together with starting_after", async () => {
    const answer = await api.get(`/v1/payments?starting_after=${newId("pay")}&ending_before=${newId("pay")}`);
    expectProblem(answer, 400, "parameter_invalid", "ending_before");
  });
});

test.each([
  ["status=", "status"],
  ["status=paid", "status"],
  ["status=queued,", "status"],
  ["status=QUEUED", "status"],
  ["status=queued&status=unknown", "status"],
  ["status=queued'--", "status"],
  ["order_reference=", "order_reference"],
  ["order_reference=a&order_reference=b", "order_reference"],
  ["order_reference=%00", "order_reference"],
  ["order_reference=4242424242424242", "order_reference"],
  [`order_reference=${"x".repeat(201)}`, "order_reference"],
  ["created_from=", "created_from"],
  ["created_from=yesterday", "created_from"],
  ["created_from=1764000000", "created_from"],
  ["created_from=2026-11-22T10:00:00", "created_from"],
  ["created_from=2026-11-22T10:00:00+01:00", "created_from"],
  ["created_from=2026-02-30", "created_from"],
  ["created_to=2026-11-22T25:00:00Z", "created_to"],
  ["created_to=2026-11-22&created_to=2026-11-23", "created_to"],
  ["ending_before=pay_1", "ending_before"],
])("refuses ?%s", async (query, param) => {
  const answer = await api.get(`/v1/payments?${query}`);
  expectProblem(answer, 400, "parameter_invalid", param);
  expect(answer.text).not.toContain("4242");
});
