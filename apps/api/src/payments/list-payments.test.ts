import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { addMerchant, expectProblem, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments"));

async function make(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await api.post()).body.id);
  return ids;
}
const idsOf = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map(({ id }) => id);

test("lists payments as they are, newest first, ten at a time", async () => {
  const ids = await make(11);
  const answer = await api.get("/v1/payments");
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ object: "list", has_more: true });
  expect(idsOf(answer)).toEqual(ids.toReversed().slice(0, 10));
  expect(answer.body.data[0]).toEqual((await api.get(`/v1/payments/${ids[10]}`)).body);
});

test("is an empty list for a merchant without payments", async () => {
  expect((await api.get("/v1/payments")).body).toEqual({ object: "list", data: [], has_more: false });
});

test("says that there is more exactly when there is", async () => {
  await make(3);
  const hasMore = async (limit: number) => (await api.get(`/v1/payments?limit=${limit}`)).body.has_more;
  expect([await hasMore(2), await hasMore(3), await hasMore(4)]).toEqual([true, false, false]);
});

test("visits each payment once, though new ones arrive between the pages", async () => {
  const ids = await make(7);
  const seen: string[] = [];
  let after = "";
  for (let hasMore = true; hasMore; ) {
    const answer = await api.get(`/v1/payments?limit=3${after}`);
    seen.push(...idsOf(answer));
    after = `&starting_after=${seen.at(-1)}`;
    hasMore = answer.body.has_more;
    await make(2);
  }
  expect(seen).toEqual(ids.toReversed());
});

test("takes a cursor whose payment does not exist, and is empty after the oldest", async () => {
  const [oldest] = await make(2);
  expect(idsOf(await api.get(`/v1/payments?starting_after=${newId("pay")}`))).toHaveLength(2);
  expect(idsOf(await api.get(`/v1/payments?starting_after=${oldest}`))).toEqual([]);
});

test("shows nobody another merchant's payments, whatever cursor is given", async () => {
  const ids = await make(3);
  const { authorization } = await addMerchant(api.db);
  const theirs = (await api.post(undefined, { authorization })).body.id;
  const later = await make(1);
  for (const query of ["", `?starting_after=${later[0]}`, "?limit=100"])
    expect(idsOf(await api.get(`/v1/payments${query}`, { authorization }))).toEqual([theirs]);
  expect(idsOf(await api.get(`/v1/payments?starting_after=${ids[2]}`, { authorization }))).toEqual([]);
  expect(idsOf(await api.get("/v1/payments"))).not.toContain(theirs);
});

test.each(["1", "100"])("takes the limit %s", async (limit) => {
  expect((await api.get(`/v1/payments?limit=${limit}`)).status).toBe(200);
});

test.each([
  ["limit=0", "limit"],
  ["limit=101", "limit"],
  ["limit=-1", "limit"],
  ["limit=1.5", "limit"],
  ["limit=ten", "limit"],
  ["limit=", "limit"],
  ["limit=1&limit=2", "limit"],
  ["limit=99999999999999999999", "limit"],
  ["starting_after=", "starting_after"],
  ["starting_after=pay_1", "starting_after"],
  ["starting_after=4242424242424242", "starting_after"],
  [`starting_after=${newId("pay")}&starting_after=${newId("pay")}`, "starting_after"],
  ["starting_after[]=a", "starting_after[]"],
  ["offset=10", "offset"],
  ["merchant_id=mer_1", "merchant_id"],
  ["__proto__=x", "__proto__"],
  ["constructor=x", "constructor"],
  ["a%00b=x", "a?b"],
  ["%ff%fe=x", "??"],
  ["4242+4242+4242+4242=x", "[redacted]"],
  [`${"n".repeat(4_000)}=x`, "n".repeat(60)],
])("refuses ?%s", async (query, param) => {
  const answer = await api.get(`/v1/payments?${query}`);
  expectProblem(answer, 400, "parameter_invalid", param);
  expect(answer.text).not.toContain("4242");
});
