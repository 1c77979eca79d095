import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import {
  PUBLIC_EVENTS,
  type WebhookDeliveryResource,
  type WebhookEndpointResource,
  type WebhookEvent,
} from "@payonce/domain";
import { Redis } from "ioredis";
import { startReceiver } from "./receiver.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const PAYMENTS = 120;
const KINDS = Object.keys(PUBLIC_EVENTS);
/** What heals, heals by these: shorter than even `npm start` has them, and nothing else is different. */
const QUICK_SWEEP = { SWEEP_INTERVAL_MS: "300", SWEEP_GRACE_MS: "500" };
const QUICK = {
  ...QUICK_SWEEP,
  WEBHOOK_RETRY_WAITS_MS: Array(40).fill(500).join(),
  JOB_LOCK_MS: "1000",
};
type Receiver = Awaited<ReturnType<typeof startReceiver>>;

let stack: TestStack;
let redis: Redis;
let receiver: Receiver;
let endpoint: string;
beforeAll(async () => {
  stack = await startTestStack({ counts: { notifier: 2 }, env: { notifier: QUICK, relay: QUICK_SWEEP } });
  redis = new Redis(stack.info.redisUrl);
  receiver = await startReceiver();
  const made = await api<{ id: string; secret: string }>("POST", "/v1/webhook_endpoints", { url: receiver.url });
  endpoint = `/v1/webhook_endpoints/${made.id}`;
  receiver.trust(made.secret);
}, 60_000);
afterEach(() => {
  expect(receiver.refused).toEqual([]);
});
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
  await receiver?.goAway();
}, 30_000);

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${stack.info.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.info.secretKey}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
async function payMany(count: number, body: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 10)
    ids.push(
      ...(await Promise.all(Array.from({ length: Math.min(10, count - i) }, () => stack.checkout.pay({ ...body })))),
    );
  return ids;
}
/** What of these payments' public history the receiver has not got. */
async function missing(ids: readonly string[]): Promise<string[]> {
  const rows = await stack.query(
    `SELECT 'evt_' || payment_id || '_' || version || '_' || kind AS id FROM timeline WHERE payment_id = ANY ($1)
       AND kind = ANY ($2)`,
    [ids, KINDS],
  );
  return rows.map(({ id }) => id).filter((id) => !receiver.events.has(id));
}
async function untilAllArrived(ids: readonly string[], limitMs = 60_000): Promise<void> {
  const settled = () =>
    stack.query("SELECT 1 FROM payments WHERE id = ANY ($1) AND status NOT IN ('succeeded', 'declined') LIMIT 1", [
      ids,
    ]);
  await until("all payments have ended", async () => (await settled()).length === 0, limitMs);
  await until("every event has arrived", async () => (await missing(ids)).length === 0, limitMs);
}
async function killNotifiers(): Promise<void> {
  for (const pid of stack.info.pids.notifier) process.kill(pid, "SIGKILL");
}

test("a receiver hears of every public event of a payment, and can read its state from the last", async () => {
  const [charged = ""] = await payMany(1);
  const [declined = ""] = await payMany(1, { payment_method: "pm_card_chargeDeclined" });
  await untilAllArrived([charged, declined]);
  const about = (id: string) => [...receiver.events.values()].filter(({ data }: WebhookEvent) => data.id === id);
  expect(about(charged).map(({ type }) => type)).toContain("payment.succeeded");
  expect(about(declined).map(({ type }) => type)).toContain("payment.declined");
  for (const id of [charged, declined]) {
    const [last] = about(id).toSorted((a, b) => b.data.version - a.data.version);
    expect(last?.data).toEqual((await stack.checkout.get(id)).body);
  }
});

test(`of ${PAYMENTS} payments no event is lost, though the notifiers are killed in mid-stream and Redis is emptied`, async () => {
  const ids: string[] = [];
  const paying = (async () => {
    while (ids.length < PAYMENTS) ids.push(...(await payMany(10)));
  })();
  const afterShare = (share: number) => until("the stream has moved on", () => ids.length > PAYMENTS * share);
  await afterShare(0.2);
  // In the middle of sending: the receiver has some that nobody has noted.
  const release = receiver.hold();
  await until("something is being sent", () => receiver.held() > 0);
  await killNotifiers();
  release();
  await afterShare(0.4);
  await redis.flushall();
  await afterShare(0.7);
  await killNotifiers();
  await redis.flushall();
  await paying;
  const startedAt = Date.now();
  await untilAllArrived(ids);
  console.info(`all events had arrived ${((Date.now() - startedAt) / 1_000).toFixed(1)} s after the last payment`);
  const [count] = await stack.query(
    `SELECT (SELECT count(*) FROM webhook_deliveries WHERE payment_id = ANY ($1)) AS made,
       (SELECT count(*) FROM timeline WHERE payment_id = ANY ($1) AND kind = ANY ($2)) AS happened`,
    [ids, KINDS],
  );
  expect(count.made).toBe(count.happened);
  await until("no event waits", async () => (await stack.query("SELECT 1 FROM webhook_outbox LIMIT 1")).length === 0);
}, 120_000);

test("a receiver that is down for a while gets all of it when it is back", async () => {
  await receiver.goAway();
  const ids = await payMany(20);
  await until("deliveries have failed", async () => {
    const rows = await stack.query("SELECT 1 FROM webhook_deliveries WHERE last_error = 'connection_failed'");
    return rows.length > 20;
  });
  expect((await missing(ids)).length).toBeGreaterThan(0);
  expect((await api<WebhookEndpointResource>("GET", endpoint)).failing_since).not.toBeNull();
  await receiver.comeBack();
  await untilAllArrived(ids);
  await until("it says so", async () => (await api<WebhookEndpointResource>("GET", endpoint)).failing_since === null);
}, 90_000);

test("what was given up is sent when its merchant asks", async () => {
  receiver.answerWith(500);
  const [id = ""] = await payMany(1);
  await stack.checkout.outcome(id);
  // As after three days of tries.
  await until("it has been tried", async () => {
    const rows = await stack.query(
      `UPDATE webhook_deliveries SET tries = 99 WHERE payment_id = $1 AND status <> 'dead_lettered' RETURNING 1`,
      [id],
    );
    const dead = await stack.query(
      "SELECT 1 FROM webhook_deliveries WHERE payment_id = $1 AND status = 'dead_lettered'",
      [id],
    );
    return rows.length === 0 && dead.length >= 2;
  });
  receiver.answerWith(204);
  const { data } = await api<{ data: WebhookDeliveryResource[] }>("GET", `${endpoint}/deliveries?status=dead_lettered`);
  expect(data[0]).toMatchObject({ dead_letter_reason: "attempts_spent", last_attempt: { http_status: 500 } });
  for (const delivery of data) await api("POST", `/v1/webhook_deliveries/${delivery.id}/redeliver`);
  await untilAllArrived([id]);
});

test("a secret can be changed without an event being refused", async () => {
  const { secret } = await api<{ secret: string }>("POST", `${endpoint}/rotate_secret`);
  // With the old secret still, and then with the new one.
  await untilAllArrived(await payMany(3));
  receiver.trust(secret);
  await untilAllArrived(await payMany(3));
});

test("a notifier that is asked to stop finishes what it is sending", async () => {
  const release = receiver.hold();
  const [id = ""] = await payMany(1);
  await until("something is being sent", () => receiver.held() > 0);
  const before = [...stack.info.pids.notifier];
  const areGone = () => stack.info.pids.notifier.every((pid) => !before.includes(pid));
  for (const pid of before) process.kill(pid, "SIGTERM");
  // Those that do not wait for the answer are gone by then.
  await Promise.race([until("they are gone", areGone), delay(1_000)]);
  release();
  await until("others have taken their place", () => areGone() && stack.info.pids.notifier.length === 2);
  await untilAllArrived([id]);
  const tries = () => stack.query("SELECT status, attempts FROM webhook_deliveries WHERE payment_id = $1", [id]);
  await until("it is known", async () => (await tries()).every(({ status }) => status === "succeeded"));
  expect((await tries()).map(({ attempts }) => attempts)).toEqual(Array((await tries()).length).fill(1));
});

test("an endpoint at an address that is not public is refused, and never connected to", async () => {
  for (const url of ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/"])
    await expect(api("POST", "/v1/webhook_endpoints", { url })).rejects.toThrow("422");
});
