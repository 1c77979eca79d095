import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { claimOne } from "@payonce/db/testing";
import { addMerchant, announce, expectProblem, startTestApi, type TestApi, until } from "../test-api.ts";
import { attempt, longLife } from "../test-life.ts";

let api: TestApi;
let id: string;
let etag: string;
beforeAll(async () => {
  api = await startTestApi();
  await until(() => api.waiters.isLive());
});
afterAll(() => api.stop());
beforeEach(async () => {
  id = (await api.post()).body.id;
  etag = (await get()).headers.etag ?? "";
});

const get = (query = "", headers: Record<string, string> = {}) => api.get(`/v1/payments/${id}${query}`, headers);
const getIfChanged = (query = "", tag = etag) => get(query, { "if-none-match": tag });
/** Sends at once, and gives the answer later. */
const send = (answer: ReturnType<typeof get>) => answer.then((one) => one);
const secondsSince = (start: number) => (performance.now() - start) / 1_000;

describe("the ETag of a payment", () => {
  test("is the same for as long as the payment is, and is to be asked about again each time", async () => {
    const answer = await get();
    expect(answer.headers).toMatchObject({ etag, "cache-control": "private, no-cache" });
    expect(etag).toMatch(/^"1-[\w-]{16}"$/);
  });

  test("changes with the payment, and with what changes without a new version", async () => {
    const tags = [etag];
    await attempt(api.db, id, "retry_wait");
    tags.push((await get()).headers.etag ?? "");
    await api.db.pool.query("UPDATE payments SET next_action_at = next_action_at + interval '1 hour' WHERE id = $1", [
      id,
    ]);
    tags.push((await get()).headers.etag ?? "");
    expect(new Set(tags).size).toBe(3);
  });

  test.each([
    ["itself", (tag: string) => tag],
    ["its weak form, as a proxy makes it", (tag: string) => `W/${tag}`],
    ["a list that has it", (tag: string) => `"x", ${tag},"y"`],
    ["any at all", () => "*"],
  ])("as If-None-Match is answered 304 without a body, given as %s", async (_how, form) => {
    // A browser adds the second header whenever a page sets the first.
    const answer = await get("", { "if-none-match": form(etag), "cache-control": "no-cache" });
    expect([answer.status, answer.text]).toEqual([304, ""]);
    expect(answer.headers).toMatchObject({ etag, "cache-control": "private, no-cache" });
  });

  test.each([
    ["another", () => '"1-xxxxxxxxxxxxxxxx"'],
    ["its version alone", () => '"1"'],
    ["one without quotes", (tag: string) => tag.slice(1, -1)],
    ["nothing", () => ""],
  ])("as If-None-Match is answered with the payment, given as %s", async (_how, form) => {
    const answer = await getIfChanged("", form(etag));
    expect([answer.status, answer.body.id]).toEqual([200, id]);
  });

  test("tells nothing to another merchant", async () => {
    const { authorization } = await addMerchant(api.db);
    for (const tag of [etag, "*"])
      expectProblem(await get("", { authorization, "if-none-match": tag }), 404, "payment_not_found");
  });

  test("comes with HEAD as well", async () => {
    const headers = { authorization: api.authorization, "if-none-match": etag };
    const head = await fetch(`${api.url}/v1/payments/${id}`, { method: "HEAD", headers });
    expect([head.status, head.headers.get("etag")]).toEqual([304, etag]);
  });
});

describe("?wait with If-None-Match", () => {
  test("answers at once when the payment is not as the tag says any more", async () => {
    await attempt(api.db, id, "retry_wait");
    const start = performance.now();
    expect((await getIfChanged("?wait=60")).body.status).toBe("retry_wait");
    expect(secondsSince(start)).toBeLessThan(3);
  });

  test("answers as soon as the payment changes, though it is not final", async () => {
    const answer = send(getIfChanged("?wait=60"));
    await until(() => api.waiters.count() === 1);
    await claimOne(api.db, id);
    await announce(api, id);
    expect(await answer).toMatchObject({ status: 200, body: { status: "charging", version: 2 } });
    expect(api.waiters.count()).toBe(0);
  });

  test("goes on waiting when what was announced changed nothing, and answers 304 when the seconds are over", async () => {
    const start = performance.now();
    const answer = send(getIfChanged("?wait=1"));
    await until(() => api.waiters.count() === 1);
    await announce(api, id);
    expect(await answer).toMatchObject({ status: 304, text: "" });
    expect(secondsSince(start)).toBeGreaterThan(0.95);
  });

  test("waits for a final payment too: a client that asks in a loop must not spin", async () => {
    await attempt(api.db, id, "succeeded");
    etag = (await get()).headers.etag ?? "";
    const start = performance.now();
    expect((await getIfChanged("?wait=1")).status).toBe(304);
    expect(secondsSince(start)).toBeGreaterThan(0.95);
  });

  test("follows a payment from change to change until it is final", async () => {
    const versions = [1];
    const living = longLife(api.db, id, () => announce(api, id));
    for (let isOver = false; !isOver; ) {
      const { status, body, headers } = await getIfChanged("?wait=60");
      expect(status).toBe(200);
      versions.push(body.version);
      etag = headers.etag ?? "";
      isOver = body.status === "succeeded";
    }
    await living;
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });
});
