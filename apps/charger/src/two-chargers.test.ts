import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { acceptOne, claimOne, createTestDatabase, insertMerchant, makeDue } from "@payonce/db/testing";
import { chargePayment, leaseMsFor } from "./charge-payment.ts";
import { createPaymentWrites, type PaymentWrites } from "./payment-writes.ts";
import type { Provider } from "./providers/provider.ts";
import { createScriptedProvider, type ScriptedProvider } from "./scripted-provider.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let writes: PaymentWrites;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  writes = createPaymentWrites(testDatabase.db.pool, leaseMsFor(1_000));
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM payments WHERE id = $1", [id])).rows[0];
const charges = (provider: ScriptedProvider) => [...provider.captured.values()].reduce((sum, count) => sum + count, 0);

async function attempt(id: string, provider: Provider) {
  const startedAt = performance.now();
  const claim = await claimOne(testDatabase.db, id, leaseMsFor(1_000));
  if (!claim) return null;
  const options = {
    writes,
    provider,
    account: "acct_test",
    leaseMs: leaseMsFor(1_000),
    retryWaitsMs: [0, 0, 0, 0],
    random: () => 0.5,
  };
  return chargePayment(options, claim, startedAt);
}

/** The same provider, as seen by a charger that is stopped at one point of its attempt while `meanwhile` happens. */
function stoppedAt(point: string, provider: ScriptedProvider, meanwhile: () => Promise<void>): Provider {
  let isOver = false;
  const stopAt = async (here: string) => {
    if (here !== point || isOver) return;
    isOver = true;
    await meanwhile();
  };
  const around = <Call extends "create" | "confirm" | "cancel">(name: Call): Provider[Call] =>
    (async (...args: unknown[]) => {
      await stopAt(`before ${name}`);
      const answer = await (provider[name] as (...all: unknown[]) => Promise<unknown>)(...args);
      await stopAt(`after ${name}`);
      return answer;
    }) as Provider[Call];
  return { ...provider, create: around("create"), confirm: around("confirm"), cancel: around("cancel") };
}

const POINTS = ["before create", "after create", "before confirm", "after confirm"];
const declined = { kind: "declined", code: "lost_card" } as const;

describe("a charger that is stopped past its lease while another does its work", () => {
  describe.each([
    ["the provider remembers its keys", false],
    ["the provider has forgotten every key in between", true],
  ])("when %s", (_when, forgets) => {
    test.each(POINTS)("%s: there is one charge, and the payment stays as the other left it", async (point) => {
      const id = await acceptOne(testDatabase.db, merchantId);
      const provider = createScriptedProvider();
      let asLeft: unknown;
      const slow = stoppedAt(point, provider, async () => {
        if (forgets) provider.forgetKeys();
        await makeDue(testDatabase.db, id);
        expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
        asLeft = await read(id);
      });
      expect(await attempt(id, slow)).toBe("lost");
      expect(await read(id)).toEqual(asLeft);
      expect(charges(provider)).toBe(1);
      const { rows } = await testDatabase.db.pool.query("SELECT outcome FROM attempts WHERE payment_id = $1", [id]);
      expect(rows.every(({ outcome }) => outcome !== null)).toBe(true);
    });

    test.each([...POINTS, "before cancel", "after cancel"])(
      "%s, and the first answer is a decline: there is at most one charge, and none after a decline",
      async (point) => {
        const id = await acceptOne(testDatabase.db, merchantId);
        const provider = createScriptedProvider({ confirm: [declined] });
        const slow = stoppedAt(point, provider, async () => {
          if (forgets) provider.forgetKeys();
          await makeDue(testDatabase.db, id);
          await attempt(id, provider);
        });
        await attempt(id, slow);
        for (let i = 0; i < 3 && !["succeeded", "declined"].includes((await read(id)).status); i++) {
          await makeDue(testDatabase.db, id);
          await attempt(id, provider);
        }
        const { status } = await read(id);
        expect([status, charges(provider)]).toEqual(status === "succeeded" ? ["succeeded", 1] : ["declined", 0]);
      },
    );
  });
});

test("two chargers that claim in turn, at every point of each other's attempt, make one charge", async () => {
  for (const outer of POINTS)
    for (const inner of POINTS) {
      const id = await acceptOne(testDatabase.db, merchantId);
      const provider = createScriptedProvider();
      const second = stoppedAt(inner, provider, async () => {
        await makeDue(testDatabase.db, id);
        await attempt(id, provider);
      });
      const first = stoppedAt(outer, provider, async () => {
        await makeDue(testDatabase.db, id);
        await attempt(id, second);
      });
      await attempt(id, first);
      expect([outer, inner, (await read(id)).status, charges(provider)]).toEqual([outer, inner, "succeeded", 1]);
    }
});
