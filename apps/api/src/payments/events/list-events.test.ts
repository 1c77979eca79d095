import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { refundOne } from "@payonce/db/testing";
import { timelineEventSchema } from "@payonce/domain";
import { startTestApi, type TestApi } from "../../test-api.ts";
import { attempt, LONG_LIFE, longLife } from "../../test-life.ts";
import { listEvents } from "./list-events.ts";

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  id = (await api.post()).body.id;
});
const get = (query = "") => api.get(`/v1/payments/${id}/events${query}`);

test("lists what has happened to a payment, the oldest first, and what its attempts ran into", async () => {
  await longLife(api.db, id);
  const { status, headers, body } = await get();
  expect([status, headers["cache-control"], headers.vary]).toEqual([200, "private, no-cache", "Origin, Accept"]);
  expect(body).toMatchObject({ object: "list", has_more: false });
  for (const event of body.data) expect(timelineEventSchema.parse(event)).toEqual(event);
  expect(body.data.map(({ type }: { type: string }) => type)).toEqual(LONG_LIFE);
  expect(body.data[2]).toMatchObject({
    payment: id,
    version: 4,
    type: "payment.retrying",
    failure_code: "provider_refused",
  });
  expect(body.data.at(-1)).toMatchObject({ type: "payment.succeeded", failure_code: null, refund: null });
});

test("lists only what came after last_event_id", async () => {
  await longLife(api.db, id);
  const all = (await get()).body.data;
  const { body } = await get(`?last_event_id=${all[3].version}`);
  expect(body.data).toEqual(all.slice(4));
  expect((await get(`?last_event_id=${all.at(-1).version}`)).body).toEqual({
    object: "list",
    data: [],
    has_more: false,
  });
});

test("says that there is more where a timeline is cut off, and goes on from there", async () => {
  await longLife(api.db, id);
  const seen: string[] = [];
  for (let after = 0, hasMore = true; hasMore; ) {
    const page = await listEvents(api.db, id, after, 4);
    seen.push(...page.data.map(({ type }) => type));
    after = page.data.at(-1)?.version ?? 0;
    hasMore = page.has_more;
  }
  expect(seen).toEqual(LONG_LIFE);
});

test("tells of refunds, and which they are", async () => {
  await attempt(api.db, id, "succeeded");
  const refund = await refundOne(api.db, api.merchantId, { paymentId: id });
  const event = (await get()).body.data.at(-1);
  expect(timelineEventSchema.parse(event)).toMatchObject({ type: "refund.requested", payment: id, refund });
});

test("says nothing of which part of the system, or that a person, moved a payment", async () => {
  await attempt(api.db, id, "dead_lettered");
  await api.db.pool.query(
    `WITH u AS (UPDATE payments SET status = 'declined', version = version + 1, dead_letter_reason = NULL,
       failure_code = 'resolved_by_operator' WHERE id = $1 RETURNING id, version)
     INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, 'declined', 'resolved_by_operator' FROM u`,
    [id],
  );
  const { body, text } = await get();
  expect(body.data.at(-1)).toMatchObject({ type: "payment.declined", failure_code: null });
  expect(text).not.toContain("operator");
});
