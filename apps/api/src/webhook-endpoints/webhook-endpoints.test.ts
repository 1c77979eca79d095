import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { deliverAllEvents, emptyTables, TEST_SECRET_BOX } from "@payonce/db/testing";
import { claimDelivery, settleDelivery } from "@payonce/db/webhooks";
import {
  MAX_WEBHOOK_ENDPOINTS,
  newId,
  newWebhookSecretResourceSchema,
  webhookDeliveryResourceSchema,
  webhookEndpointResourceSchema,
} from "@payonce/domain";
import request from "supertest";
import { addApiKey, addMerchant, expectProblem, startTestApi, type TestApi } from "../test-api.ts";

const ENDPOINTS = "/v1/webhook_endpoints";
const VALID = { url: "https://shop.example/hooks" };
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments", "webhook_endpoints", "webhook_outbox"));

type Method = "post" | "patch" | "delete" | "get";
const call = (method: Method, path: string, body?: object, headers: Record<string, string> = {}) => {
  const test = request(api.url)
    [method](path)
    .set({ authorization: api.authorization, ...headers });
  return body === undefined ? test : test.send(body);
};
const create = async (body: object = VALID) => (await call("post", ENDPOINTS, body)).body;
const rowOf = async (id: string) =>
  (await api.db.pool.query("SELECT * FROM webhook_endpoints WHERE id = $1", [id])).rows[0];

describe("POST /v1/webhook_endpoints", () => {
  test("makes an endpoint for every event, and shows its secret this once", async () => {
    const answer = await call("post", ENDPOINTS, VALID);
    expect(answer.status).toBe(201);
    expect(newWebhookSecretResourceSchema.parse(answer.body)).toEqual(answer.body);
    expect(answer.body).toMatchObject({ url: VALID.url, events: ["*"], status: "enabled", description: null });
    expect(Buffer.from(answer.body.secret.slice("whsec_".length), "base64")).toHaveLength(32);
    expect(answer.headers).toMatchObject({ location: `${ENDPOINTS}/${answer.body.id}`, "cache-control": "no-store" });
    const shown = await call("get", answer.headers.location ?? "");
    expect(webhookEndpointResourceSchema.parse(shown.body)).toEqual(shown.body);
    expect(shown.text).not.toContain("whsec");
    expect((await call("get", ENDPOINTS)).text).not.toContain("whsec");
  });

  test("keeps the secret encrypted, and out of the log", async () => {
    const { id, secret } = await create();
    const row = await rowOf(id);
    expect(row.secret.toString("latin1")).not.toContain(secret.slice(6, 20));
    expect(TEST_SECRET_BOX.open(id, row.secret)).toBe(secret);
    expect(api.lines.join("")).not.toContain(secret);
  });

  test("takes names of events, a description, and plain http with a test key", async () => {
    const body = {
      url: "http://shop.example/hooks",
      events: ["payment.succeeded", "payment.declined"],
      description: "till",
    };
    expect(await create(body)).toMatchObject(body);
  });

  test("does not take plain http with a live key", async () => {
    const live = `sk_live_${"a".repeat(30)}`;
    await api.db.pool.query(
      "INSERT INTO api_keys (id, merchant_id, kind, hash, prefix) VALUES ($1, $2, 'secret', sha256($3), 'sk_live_aaaa')",
      [newId("key"), api.merchantId, Buffer.from(live)],
    );
    const authorization = `Bearer ${live}`;
    const answer = await call("post", ENDPOINTS, { url: "http://shop.example/" }, { authorization });
    expectProblem(answer, 422, "field_invalid", "url");
    expect((await call("post", ENDPOINTS, VALID, { authorization })).status).toBe(201);
  });

  test.each([
    [{}, "url"],
    [{ url: 1 }, "url"],
    [{ url: "" }, "url"],
    [{ url: "http://127.0.0.1/" }, "url"],
    [{ url: "https://shop.example/4242424242424242" }, "url"],
    [{ url: `https://shop.example/${"a".repeat(2_048)}` }, "url"],
    [{ ...VALID, events: [] }, "events"],
    [{ ...VALID, events: "payment.succeeded" }, "events"],
    [{ ...VALID, events: ["payment.lost"] }, "events.0"],
    [{ ...VALID, events: ["payment.succeeded", "payment.succeeded"] }, "events"],
    [{ ...VALID, events: ["*", "payment.succeeded"] }, "events"],
    [{ ...VALID, description: "x".repeat(501) }, "description"],
    [{ ...VALID, secret: "whsec_mine" }, "secret"],
    [{ ...VALID, status: "disabled" }, "status"],
  ])("refuses %j", async (body, param) => {
    const answer = await call("post", ENDPOINTS, body);
    expectProblem(answer, 422, "field_invalid", param);
    expect(answer.text).not.toContain("4242");
    expect((await api.db.pool.query("SELECT 1 FROM webhook_endpoints")).rowCount).toBe(0);
  });

  test("makes no more than there may be, and others once one is deleted", async () => {
    const made = await Promise.all(Array.from({ length: MAX_WEBHOOK_ENDPOINTS }, () => create()));
    expectProblem(await call("post", ENDPOINTS, VALID), 409, "webhook_endpoint_limit");
    await call("delete", `${ENDPOINTS}/${made[0].id}`);
    expect((await call("post", ENDPOINTS, VALID)).status).toBe(201);
  });
});

describe("a webhook endpoint", () => {
  test("is listed newest first, a page at a time", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await create()).id);
    const first = (await call("get", `${ENDPOINTS}?limit=3`)).body;
    const second = (await call("get", `${ENDPOINTS}?limit=3&starting_after=${first.data.at(-1).id}`)).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    expectProblem(await call("get", `${ENDPOINTS}?limit=0`), 400, "parameter_invalid", "limit");
  });

  test("changes in what is sent, and in nothing else", async () => {
    const { id, secret, ...before } = await create({ ...VALID, description: "till" });
    const answer = await call("patch", `${ENDPOINTS}/${id}`, { events: ["payment.canceled"] });
    expect(answer.body).toEqual({ ...before, id, events: ["payment.canceled"], updated_at: expect.any(String) });
    expect((await call("patch", `${ENDPOINTS}/${id}`, { description: null })).body.description).toBeNull();
    const url = "https://other.example/";
    expect((await call("patch", `${ENDPOINTS}/${id}`, { url })).body).toMatchObject({
      url,
      events: ["payment.canceled"],
    });
    expect((await call("patch", `${ENDPOINTS}/${id}`, {})).body).toMatchObject({ url, events: ["payment.canceled"] });
    expect(TEST_SECRET_BOX.open(id, (await rowOf(id)).secret)).toBe(secret);
  });

  test.each([
    [{ url: "https://10.0.0.1/" }, "url"],
    [{ url: null }, "url"],
    [{ events: [] }, "events"],
    [{ status: "enabled" }, "status"],
  ])("refuses the change %j", async (body, param) => {
    const { id } = await create();
    expectProblem(await call("patch", `${ENDPOINTS}/${id}`, body), 422, "field_invalid", param);
  });

  test("gets a new secret beside the old one, for as long as is said", async () => {
    const { id, secret } = await create();
    const rotated = await call("post", `${ENDPOINTS}/${id}/rotate_secret`);
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(secret);
    expect(rotated.headers["cache-control"]).toBe("no-store");
    const hoursLeft = (Date.parse(rotated.body.previous_secret_expires_at) - Date.now()) / 3_600_000;
    expect(hoursLeft).toBeGreaterThan(23);
    const row = await rowOf(id);
    expect([row.secret, row.previous_secret].map((sealed) => TEST_SECRET_BOX.open(id, sealed))).toEqual([
      rotated.body.secret,
      secret,
    ]);
    const leaked = await call("post", `${ENDPOINTS}/${id}/rotate_secret`, { overlap_seconds: 0 });
    expect(leaked.body.previous_secret_expires_at).toBeNull();
    expect((await rowOf(id)).previous_secret).toBeNull();
  });

  test.each([[{ overlap_seconds: -1 }], [{ overlap_seconds: 604_801 }], [{ overlap_seconds: "60" }]])(
    "keeps its secret when asked to rotate with %j",
    async (body) => {
      const { id, secret } = await create();
      const answer = await call("post", `${ENDPOINTS}/${id}/rotate_secret`, body);
      expectProblem(answer, 422, "field_invalid", "overlap_seconds");
      expect(TEST_SECRET_BOX.open(id, (await rowOf(id)).secret)).toBe(secret);
    },
  );

  test("is disabled and enabled, and says why and since when", async () => {
    const { id } = await create();
    const disabled = await call("post", `${ENDPOINTS}/${id}/disable`);
    expect(disabled.body).toMatchObject({ status: "disabled", disabled_reason: "merchant" });
    expect(disabled.body.disabled_at).not.toBeNull();
    const enabled = await call("post", `${ENDPOINTS}/${id}/enable`);
    expect(enabled.body).toMatchObject({ status: "enabled", disabled_reason: null, disabled_at: null });
    expect((await call("post", `${ENDPOINTS}/${id}/enable`)).status).toBe(200);
  });

  test("is gone once it is deleted", async () => {
    const { id } = await create();
    expect((await call("delete", `${ENDPOINTS}/${id}`)).body).toEqual({
      id,
      object: "webhook_endpoint",
      deleted: true,
    });
    expectProblem(await call("get", `${ENDPOINTS}/${id}`), 404, "webhook_endpoint_not_found");
    expectProblem(await call("delete", `${ENDPOINTS}/${id}`), 404, "webhook_endpoint_not_found");
    expect((await call("get", ENDPOINTS)).body.data).toEqual([]);
  });

  test.each([
    ["get", ""],
    ["patch", ""],
    ["delete", ""],
    ["post", "/rotate_secret"],
    ["post", "/enable"],
    ["post", "/disable"],
    ["get", "/deliveries"],
  ] as const)("is not found by another merchant's %s%s", async (method, path) => {
    const { id } = await create();
    const { authorization } = await addMerchant(api.db);
    const body = method === "patch" ? VALID : undefined;
    const answer = await call(method, `${ENDPOINTS}/${id}${path}`, body, { authorization });
    expectProblem(answer, 404, "webhook_endpoint_not_found");
    expectProblem(await call(method, `${ENDPOINTS}/whe_1${path}`, body), 404, "webhook_endpoint_not_found");
    expect(await rowOf(id)).toMatchObject({ status: "enabled", deleted_at: null, previous_secret: null });
  });

  test("is not a publishable key's to see", async () => {
    const authorization = `Bearer ${await addApiKey(api.db, api.merchantId, "publishable")}`;
    expectProblem(
      await call("get", ENDPOINTS, undefined, { authorization }),
      403,
      "secret_key_required",
      "Authorization",
    );
    expectProblem(await request(api.url).get(ENDPOINTS), 401, "api_key_missing", "Authorization");
  });

  test.each([
    ["delete", ENDPOINTS, "GET, HEAD, POST"],
    ["post", `${ENDPOINTS}/whe_1`, "GET, HEAD, PATCH, DELETE"],
    ["get", `${ENDPOINTS}/whe_1/rotate_secret`, "POST"],
    ["post", `${ENDPOINTS}/whe_1/deliveries`, "GET, HEAD"],
    ["get", "/v1/webhook_deliveries/whd_1/redeliver", "POST"],
  ] as const)("says to %s %s which methods there are", async (method, path, allow) => {
    const answer = await call(method, path);
    expectProblem(answer, 405, "method_not_allowed");
    expect(answer.headers.allow).toBe(allow);
  });
});

describe("a delivery", () => {
  /** Deliveries of so many payments; the first has been tried in vain, the second has arrived. */
  async function deliveries(count = 3) {
    const { id: endpointId } = await create();
    for (let i = 0; i < count; i++) await api.post();
    const ids = (await deliverAllEvents(api.db)).sort();
    const settle = async (id: string | undefined, outcome: Parameters<typeof settleDelivery>[1]["outcome"]) => {
      const claim = await claimDelivery(api.db.pool, id ?? "", 60_000);
      const facts = {
        deliveryId: id ?? "",
        version: claim?.version ?? 0,
        httpStatus: 500,
        response: "no",
        durationMs: 9,
      };
      await settleDelivery(api.db.pool, { ...facts, outcome }, 1e9);
    };
    await settle(ids[0], { kind: "failed", code: "http_status", waitMs: null });
    await settle(ids[1], { kind: "delivered" });
    return { endpointId, ids, path: `${ENDPOINTS}/${endpointId}/deliveries` };
  }
  const redeliver = (id: string | undefined, headers = {}) =>
    call("post", `/v1/webhook_deliveries/${id}/redeliver`, undefined, headers);

  test("is listed, newest first, of all states or of one, a page at a time", async () => {
    const { ids, path } = await deliveries(4);
    const listed = async (query = "") =>
      ((await call("get", `${path}${query}`)).body.data as { id: string }[]).map(({ id }) => id);
    expect(await listed()).toEqual(ids.toReversed());
    expect(await listed("?status=dead_lettered")).toEqual([ids[0]]);
    expect(await listed("?status=succeeded")).toEqual([ids[1]]);
    expect(await listed("?status=pending")).toEqual([ids[3], ids[2]]);
    expect(await listed(`?limit=2&starting_after=${ids[3]}`)).toEqual([ids[2], ids[1]]);
    expect((await call("get", `${path}?limit=4`)).body.has_more).toBe(false);
    expect((await call("get", `${path}?limit=3`)).body.has_more).toBe(true);
    for (const { id, ...rest } of (await call("get", path)).body.data)
      expect(webhookDeliveryResourceSchema.parse({ id, ...rest })).toEqual({ id, ...rest });
  });

  test("says what its last attempt came to", async () => {
    const { ids } = await deliveries();
    expect((await call("get", `/v1/webhook_deliveries/${ids[0]}`)).body).toMatchObject({
      status: "dead_lettered",
      dead_letter_reason: "attempts_spent",
      event_type: "payment.queued",
      attempts: 1,
      next_attempt_at: null,
      last_attempt: { http_status: 500, error: "http_status", response: "no", duration_ms: 9 },
    });
    expect((await call("get", `/v1/webhook_deliveries/${ids[2]}`)).body).toMatchObject({ last_attempt: null });
  });

  test.each(["status=lost", "status=pending&status=pending", "limit=101", "starting_after=pay_1", "page=2"])(
    "is not listed by ?%s",
    async (query) => {
      const { path } = await deliveries(2);
      expectProblem(await call("get", `${path}?${query}`), 400, "parameter_invalid", query.split("=")[0]);
    },
  );

  test("is sent again when its merchant asks, once however often", async () => {
    const { ids } = await deliveries();
    for (const id of ids) {
      const [first, second] = [await redeliver(id), await redeliver(id)];
      expect([first.status, second.status]).toEqual([202, 202]);
      expect(second.body).toEqual(first.body);
      expect(first.body).toMatchObject({ id, status: "pending", dead_letter_reason: null });
    }
    const { rows } = await api.db.pool.query("SELECT dispatch FROM webhook_deliveries ORDER BY id");
    expect(rows).toEqual([{ dispatch: 1 }, { dispatch: 1 }, { dispatch: 0 }]);
  });

  test("is not sent again while its endpoint is disabled", async () => {
    const { ids, endpointId } = await deliveries();
    await call("post", `${ENDPOINTS}/${endpointId}/disable`);
    expectProblem(await redeliver(ids[0]), 409, "webhook_endpoint_disabled");
  });

  test("is not another merchant's to see or to send", async () => {
    const { ids } = await deliveries();
    const { authorization } = await addMerchant(api.db);
    expectProblem(await redeliver(ids[0], { authorization }), 404, "webhook_delivery_not_found");
    const path = `/v1/webhook_deliveries/${ids[0]}`;
    expectProblem(await call("get", path, undefined, { authorization }), 404, "webhook_delivery_not_found");
    expectProblem(await redeliver("whd_1"), 404, "webhook_delivery_not_found");
    expect((await call("get", path)).body.status).toBe("dead_lettered");
  });
});
