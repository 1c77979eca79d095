import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { MAX_WEBHOOK_ENDPOINTS } from "@payonce/domain";
import { acceptOne, createTestDatabase, insertMerchant, insertWebhookEndpoint } from "../testing.ts";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  findWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
  updateWebhookEndpoint,
} from "./endpoints.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  merchantId = await insertMerchant(testDatabase.db);
});
const pool = () => testDatabase.db.pool;
const insert = () => insertWebhookEndpoint(testDatabase.db, merchantId);
const raw = async (id: string) => (await pool().query("SELECT * FROM webhook_endpoints WHERE id = $1", [id])).rows[0];

describe("webhook endpoints", () => {
  test("are no more than there may be, though many are made at once", async () => {
    const endpoint = { merchantId, url: "https://shop.example/", events: ["*"], description: null };
    const made = await Promise.all(
      Array.from({ length: MAX_WEBHOOK_ENDPOINTS + 8 }, () =>
        createWebhookEndpoint(pool(), endpoint, () => Buffer.from("x")),
      ),
    );
    expect(made.filter(Boolean)).toHaveLength(MAX_WEBHOOK_ENDPOINTS);
    const [first] = made.filter(Boolean);
    await deleteWebhookEndpoint(pool(), { id: first?.id ?? "", merchantId });
    expect(await createWebhookEndpoint(pool(), endpoint, () => Buffer.from("x"))).not.toBeNull();
  });

  test("do not hold up the payments of the merchant while one is made", async () => {
    const client = await pool().connect();
    let making: Promise<unknown> | undefined;
    try {
      await client.query("BEGIN");
      // Being made, it now waits here.
      await client.query("LOCK TABLE webhook_endpoints IN EXCLUSIVE MODE");
      let isMade = false;
      making = insert().finally(() => {
        isMade = true;
      });
      making.catch(() => {});
      const isWaiting = async () => (await client.query("SELECT 1 FROM pg_locks WHERE NOT granted")).rows.length > 0;
      while (!(await isWaiting()));
      expect(await acceptOne(testDatabase.db, merchantId)).toMatch(/^pay_/);
      expect(isMade).toBe(false);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    await making;
  });

  test("are nobody's but their merchant's", async () => {
    const { id } = await insert();
    const stranger = { id, merchantId: await insertMerchant(testDatabase.db) };
    const secret = Buffer.from("x");
    for (const answer of [
      findWebhookEndpoint(pool(), stranger),
      updateWebhookEndpoint(pool(), stranger, { url: "https://evil.example/" }),
      rotateWebhookSecret(pool(), stranger, { secret, overlapSeconds: 1 }),
      disableWebhookEndpoint(pool(), stranger),
      enableWebhookEndpoint(pool(), stranger),
      deleteWebhookEndpoint(pool(), stranger),
    ])
      expect(await answer).toBeNull();
    const page = { limit: 10, startingAfter: undefined };
    expect(await listWebhookEndpoints(pool(), { merchantId: stranger.merchantId, ...page })).toEqual([]);
    expect(await findWebhookEndpoint(pool(), { id, merchantId })).toMatchObject({ url: "https://shop.example/hooks" });
  });

  test("change where they are told to, and nowhere else", async () => {
    const { id } = await insert();
    const owned = { id, merchantId };
    const events = ["payment.succeeded"];
    expect(await updateWebhookEndpoint(pool(), owned, { events })).toMatchObject({
      url: "https://shop.example/hooks",
      events,
      description: null,
    });
    expect(
      await updateWebhookEndpoint(pool(), owned, { description: "till", url: "https://b.example/" }),
    ).toMatchObject({
      url: "https://b.example/",
      events,
      description: "till",
    });
    expect(await updateWebhookEndpoint(pool(), owned, { description: null })).toMatchObject({ description: null });
  });

  test("keep the secret before a rotation for the overlap, and at once none after one without", async () => {
    const { id } = await insert();
    const owned = { id, merchantId };
    const before = (await raw(id)).secret;
    const first = await rotateWebhookSecret(pool(), owned, { secret: Buffer.from("b"), overlapSeconds: 60 });
    expect(first?.previousSecretUntil).toBeInstanceOf(Date);
    expect(await raw(id)).toMatchObject({ secret: Buffer.from("b"), previous_secret: before });
    await rotateWebhookSecret(pool(), owned, { secret: Buffer.from("c"), overlapSeconds: 60 });
    expect(await raw(id)).toMatchObject({ secret: Buffer.from("c"), previous_secret: Buffer.from("b") });
    const last = await rotateWebhookSecret(pool(), owned, { secret: Buffer.from("d"), overlapSeconds: 0 });
    expect(last?.previousSecretUntil).toBeNull();
    expect(await raw(id)).toMatchObject({ secret: Buffer.from("d"), previous_secret: null });
  });

  test("are disabled and enabled as often as one likes, and keep the first reason", async () => {
    const { id } = await insert();
    const owned = { id, merchantId };
    await pool().query(
      "UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = 'gone', disabled_at = now(), failing_since = now() WHERE id = $1",
      [id],
    );
    expect(await disableWebhookEndpoint(pool(), owned)).toMatchObject({ status: "disabled", disabledReason: "gone" });
    for (let i = 0; i < 2; i++)
      expect(await enableWebhookEndpoint(pool(), owned)).toMatchObject({
        status: "enabled",
        disabledReason: null,
        disabledAt: null,
        failingSince: null,
      });
    expect(await disableWebhookEndpoint(pool(), owned)).toMatchObject({ disabledReason: "merchant" });
  });

  test("leave no secret behind when they are deleted", async () => {
    const { id } = await insert();
    await rotateWebhookSecret(pool(), { id, merchantId }, { secret: Buffer.from("b"), overlapSeconds: 60 });
    await deleteWebhookEndpoint(pool(), { id, merchantId });
    expect(await raw(id)).toMatchObject({ secret: null, previous_secret: null });
    expect(await deleteWebhookEndpoint(pool(), { id, merchantId })).toBeNull();
  });
});
