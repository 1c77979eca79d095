import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { finishCancel, openAnomaly } from "@payonce/db";
import { refundOne } from "@payonce/db/testing";
import { liveEventSchema, newId } from "@payonce/domain";
import { addMerchant, announce, expectProblem, startTestApi, type TestApi, until } from "../../test-api.ts";
import { listenTo, type TestEventSource } from "../../test-event-source.ts";
import { attempt, LONG_LIFE, longLife } from "../../test-life.ts";
import { openSocket } from "../../test-socket.ts";

let api: TestApi;
let id: string;
beforeAll(async () => {
  // Looks so seldom that what arrives was announced, or asked for.
  api = await startTestApi({ events: { lookMs: { live: 600_000, away: 600_000 } }, maxRequestsInFlight: 5 });
  await until(() => api.waiters.isLive());
});
afterAll(() => api.stop());
beforeEach(async () => {
  id = (await api.post()).body.id;
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  for (const source of opened.splice(0)) source.close();
  await until(() => api.live.count() === 0);
});

const opened: TestEventSource[] = [];
const closers: (() => Promise<unknown>)[] = [];
const listen = async (...[paymentId, how]: [string, Parameters<typeof listenTo>[2]?]) => {
  const source = await listenTo(api, paymentId, how);
  opened.push(source);
  return source;
};

const typesOf = ({ events }: TestEventSource) => events.map(({ event }) => event);
const inFlight = async () =>
  (await api.registry.getSingleMetric("payonce_http_requests_in_flight")?.get())?.values[0]?.value;

describe("GET /v1/payments/{id}/events as text/event-stream", () => {
  test("sends what has happened, then what happens, each once and in order, and ends with the last", async () => {
    await attempt(api.db, id, "retry_wait");
    const source = await listen(id);
    await until(() => source.events.length === 3);
    for (const outcome of ["unknown", "succeeded"] as const) {
      await attempt(api.db, id, outcome);
      await announce(api, id);
    }
    await source.ended;
    expect(source.isEnded).toBe(true);
    expect(typesOf(source)).toEqual([
      "payment.queued",
      "payment.processing",
      "payment.retrying",
      "payment.processing",
      "payment.unknown",
      "payment.processing",
      "payment.succeeded",
    ]);
    const ids = source.events.map((event) => event.id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(api.live.count()).toBe(0);
  });

  test("sends with each event the payment as it is, and says the same as the JSON timeline", async () => {
    const source = await listen(id);
    await longLife(api.db, id);
    await announce(api, id);
    await source.ended;
    expect(typesOf(source)).toEqual(LONG_LIFE);
    const payment = (await api.get(`/v1/payments/${id}`)).body;
    const { body } = await api.get(`/v1/payments/${id}/events`);
    expect(source.events.map(({ data: { data: _payment, ...event } }) => event)).toEqual(body.data);
    expect(source.events.at(-1)?.data.data).toEqual(payment);
    for (const { id: eventId, event, data } of source.events) {
      expect(liveEventSchema.parse(data)).toEqual(data);
      expect([data.version, data.type]).toEqual([eventId, event]);
    }
  });

  test("is told to proxies and clients for what it is", async () => {
    const source = await listen(id);
    expect(source.status).toBe(200);
    expect(source.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      vary: "Origin, Accept",
    });
    await until(() => source.retryMs !== null);
    expect(source.retryMs).toBeGreaterThanOrEqual(1_000);
    expect(source.retryMs).toBeLessThanOrEqual(3_000);
  });

  test("goes on after the Last-Event-ID, which counts for more than the query", async () => {
    await longLife(api.db, id);
    const all = await listen(id);
    await all.ended;
    const third = all.events[2]?.id;
    const lastEventId = { "last-event-id": String(third) };
    for (const how of [
      { headers: lastEventId },
      { query: `?last_event_id=${third}` },
      { headers: lastEventId, query: "?last_event_id=1" },
    ]) {
      const rest = await listen(id, how);
      await rest.ended;
      expect(rest.events).toEqual(all.events.slice(3));
    }
  });

  test("loses and repeats nothing when a client goes and comes back, over and over, while things happen", async () => {
    let isOver = false;
    const living = longLife(api.db, id, () => announce(api, id)).finally(() => {
      isOver = true;
    });
    const seen: TestEventSource["events"] = [];
    for (let lastId = "0"; seen.at(-1)?.event !== "payment.succeeded"; lastId = String(seen.at(-1)?.id ?? 0)) {
      const source = await listen(id, { headers: { "last-event-id": lastId } });
      await until(() => source.events.length > 0 || source.isEnded);
      source.close();
      // What was on its way when the client left is not its; the id says so.
      seen.push(...source.events.slice(0, 1));
    }
    await living;
    expect(isOver).toBe(true);
    expect(seen.map(({ event }) => event)).toEqual(LONG_LIFE);
  });

  test("sends all to one that comes while others are further", async () => {
    const first = await listen(id);
    const sources: TestEventSource[] = [];
    for (let i = 0; i < 5; i++) {
      const living = attempt(api.db, id, i === 4 ? "succeeded" : "retry_wait");
      sources.push(await listen(id), await listen(id));
      await living;
      await announce(api, id);
    }
    for (const source of [first, ...sources]) {
      await source.ended;
      expect(source.events).toEqual(first.events.map((event) => ({ ...event, data: expect.anything() })));
    }
    expect(first.events).toHaveLength(11);
  });

  test("sends all to one that comes while what is new to others is being read", async () => {
    const first = await listen(id);
    await until(() => first.events.length === 1);
    await attempt(api.db, id, "retry_wait");
    // Holds the read up until the second has come.
    const blocker = await api.db.pool.connect();
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE timeline IN ACCESS EXCLUSIVE MODE");
    await announce(api, id);
    await until(async () => (await blocker.query("SELECT 1 FROM pg_locks WHERE NOT granted")).rows.length > 0);
    const second = await listen(id);
    // Who has all stands in nobody's way.
    await listen(id, { query: `?last_event_id=${(await api.get(`/v1/payments/${id}`)).body.version}` });
    await blocker.query("ROLLBACK");
    blocker.release();
    await until(() => first.events.length === 3 && second.events.length === 3);
    expect(second.events).toEqual(first.events.map((event) => ({ ...event, data: expect.anything() })));
  });

  test("sends a timeline whole that is too long to be read at once", async () => {
    const rows = 320;
    await api.db.pool.query(
      "INSERT INTO timeline (payment_id, version, kind) SELECT $1, n, 'charging' FROM generate_series(2, $2::int) n",
      [id, rows],
    );
    await api.db.pool.query("UPDATE payments SET version = $2 WHERE id = $1", [id, rows]);
    const source = await listen(id);
    await until(() => source.events.length === rows);
    expect(source.events.map((event) => event.id)).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
  });

  test("begins again where the Last-Event-ID lies ahead of the payment or is none", async () => {
    for (const lastEventId of ["999", "abc", "", "-1", "1.5", "99999999999999999999"]) {
      const source = await listen(id, { headers: { "last-event-id": lastEventId } });
      await until(() => source.events.length === 1);
    }
  });

  test("answers 204 to one who has the last event, so that an EventSource does not connect again", async () => {
    await attempt(api.db, id, "declined");
    const source = await listen(id);
    await source.ended;
    const last = String(source.events.at(-1)?.id);
    const again = await listen(id, { headers: { "last-event-id": last } });
    await again.ended;
    expect([again.status, again.text]).toEqual([204, ""]);
    expect(api.live.count()).toBe(0);
  });

  test("brings what happened after the end, such as refunds, to one who comes back, and ends again", async () => {
    await attempt(api.db, id, "succeeded");
    const source = await listen(id);
    await source.ended;
    const lastEventId = String(source.events.at(-1)?.id);
    expect((await listen(id, { headers: { "last-event-id": lastEventId } })).status).toBe(204);
    const refund = await refundOne(api.db, api.merchantId, { paymentId: id });
    const later = await listen(id, { headers: { "last-event-id": lastEventId } });
    await later.ended;
    expect([later.isEnded, typesOf(later)]).toEqual([true, ["refund.requested"]]);
    expect(later.events[0]?.data).toMatchObject({ refund, data: { amount_refund_pending: 1_000 } });
    const again = await listen(id, { headers: { "last-event-id": String(later.events.at(-1)?.id) } });
    expect(again.status).toBe(204);
    expect(typesOf(await listen(id).then(async (all) => all.ended.then(() => all)))).toEqual([
      ...typesOf(source),
      "refund.requested",
    ]);
  });

  test("stays open for a dead letter, and goes on when an operator brings it back", async () => {
    await attempt(api.db, id, "dead_lettered");
    const source = await listen(id);
    await until(() => source.events.length === 3);
    await api.db.pool.query(
      `WITH u AS (UPDATE payments SET status = 'queued', version = version + 1, dead_letter_reason = NULL,
         next_action_at = now() WHERE id = $1 RETURNING id, version)
       INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, 'queued', 'operator_retry' FROM u`,
      [id],
    );
    await attempt(api.db, id, "succeeded");
    await announce(api, id);
    await source.ended;
    expect(typesOf(source).slice(2)).toEqual([
      "payment.dead_lettered",
      "payment.queued",
      "payment.processing",
      "payment.succeeded",
    ]);
    expect(source.text).not.toContain("operator");
  });

  test("shows nothing of the work inside, nor of anomalies", async () => {
    await attempt(api.db, id, "succeeded");
    await openAnomaly(api.db.pool, { kind: "charged_twice", paymentId: id, providerObjectId: null, evidence: [] });
    const source = await listen(id);
    await source.ended;
    expect(typesOf(source)).toEqual(["payment.queued", "payment.processing", "payment.succeeded"]);
    expect(source.text).not.toMatch(/anomaly|charged_twice|provider_object/);
  });

  test("tells of a cancel that waits for the provider", async () => {
    await attempt(api.db, id, "retry_wait");
    await api.db.pool.query("UPDATE payments SET next_action_at = now() + interval '1 hour' WHERE id = $1", [id]);
    const source = await listen(id);
    const canceling = api
      .get(`/v1/payments/${id}`)
      .then(() =>
        fetch(`${api.url}/v1/payments/${id}/cancel`, { method: "POST", headers: { authorization: api.authorization } }),
      );
    const row = async () =>
      (await api.db.pool.query("SELECT version, cancel_requested FROM payments WHERE id = $1", [id])).rows[0];
    await until(async () => (await row()).cancel_requested);
    await finishCancel(api.db.pool, { id, version: (await row()).version }, true);
    await announce(api, id);
    await source.ended;
    await canceling;
    expect(typesOf(source).slice(-2)).toEqual(["payment.cancel_requested", "payment.canceled"]);
  });
});

describe("who may listen", () => {
  test("only the payment's merchant", async () => {
    const { authorization } = await addMerchant(api.db);
    for (const accept of ["text/event-stream", "application/json"])
      for (const path of [id, newId("pay"), "nonsense"]) {
        const answer = await api.get(`/v1/payments/${path}/events`, { authorization, accept });
        expectProblem(answer, 404, "payment_not_found");
      }
    const nobody = await api.get(`/v1/payments/${id}/events`, {
      authorization: "Bearer sk_test_x",
      accept: "text/event-stream",
    });
    expectProblem(nobody, 401, "api_key_invalid", "Authorization");
    expect(api.live.count()).toBe(0);
  });

  test("not more than there is room for", async () => {
    const small = await startTestApi({ events: { maxListeners: 2 } });
    closers.push(small.stop);
    const { id: mine } = (await small.post()).body;
    const sources = [await listenTo(small, mine), await listenTo(small, mine)];
    const refused = await listenTo(small, mine);
    await Promise.race([refused.ended, until(() => refused.events.length > 0)]);
    expect(expectProblem(refused, 503, "busy").retryable).toBe(true);
    expect(refused.headers["retry-after"]).toBe("1");
    // One that has left makes room.
    sources[0]?.close();
    await until(() => small.live.hasRoom());
    expect((await listenTo(small, mine)).status).toBe(200);
  });

  test("and they take no place of those who pay", async () => {
    const sources: TestEventSource[] = [];
    for (let i = 0; i < 20; i++) sources.push(await listen(id));
    await until(async () => (await inFlight()) === 0);
    expect((await api.post()).status).toBe(202);
  });

  test("nobody is kept who has gone before the stream began", async () => {
    const one = `GET /v1/payments/${id}/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: ${api.authorization}\r\n\r\n`;
    for (let round = 0; round < 20; round++) {
      const socket = await openSocket(api.port);
      socket.write(one.repeat(3));
      if (round % 2 === 0) await until(() => api.live.count() > 0);
      socket.destroy();
    }
    await until(async () => api.live.count() === 0 && (await inFlight()) === 0);
  });
});

describe("the form of the answer", () => {
  test.each([
    [undefined, "application/json; charset=utf-8"],
    ["*/*", "application/json; charset=utf-8"],
    ["application/json, text/event-stream;q=0.5", "application/json; charset=utf-8"],
    ["text/event-stream", "text/event-stream; charset=utf-8"],
    ["text/event-stream, */*", "text/event-stream; charset=utf-8"],
    ["text/*", "text/event-stream; charset=utf-8"],
  ])("for Accept: %s is %s", async (accept, type) => {
    await attempt(api.db, id, "declined");
    const response = await fetch(`${api.url}/v1/payments/${id}/events`, {
      headers: { authorization: api.authorization, ...(accept && { accept }) },
    });
    expect(response.headers.get("content-type")).toBe(type);
    await response.text();
  });

  test.each(["text/html", "application/json;q=0, text/event-stream;q=0", "image/*"])(
    "is none for Accept: %s",
    async (accept) => {
      expectProblem(await api.get(`/v1/payments/${id}/events`, { accept }), 406, "not_acceptable", "Accept");
    },
  );

  test("has no body for HEAD, and no other method is taken", async () => {
    const headers = { authorization: api.authorization, accept: "text/event-stream" };
    const head = await fetch(`${api.url}/v1/payments/${id}/events`, { method: "HEAD", headers });
    expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
      "",
    ]);
    const post = await fetch(`${api.url}/v1/payments/${id}/events`, { method: "POST", headers });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(api.live.count()).toBe(0);
  });

  test.each([
    ["last_event_id=", "last_event_id"],
    ["last_event_id=-1", "last_event_id"],
    ["last_event_id=1&last_event_id=2", "last_event_id"],
    ["last_event_id=9999999999", "last_event_id"],
    ["lastEventId=1", "lastEventId"],
  ])("is 400 for ?%s", async (query, param) => {
    for (const accept of ["text/event-stream", "application/json"])
      expectProblem(await api.get(`/v1/payments/${id}/events?${query}`, { accept }), 400, "parameter_invalid", param);
  });
});
