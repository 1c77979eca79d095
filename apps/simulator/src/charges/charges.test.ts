import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createTestClock, SLOW_MS, startTestSimulator, type TestClient } from "../test-client.ts";

const PATH = "/v1/charges";

describe("charges", () => {
  let client: TestClient;
  let clock: ReturnType<typeof createTestClock>;

  beforeEach(async () => {
    clock = createTestClock();
    client = await startTestSimulator({ now: clock.now });
  });
  afterEach(() => client.close());

  async function charge(token = "pm_card_visa"): Promise<string> {
    const id = await client.create(token, { "metadata[payment_id]": "pay_1" });
    await client.confirm(id);
    return id;
  }

  async function list(query = "", on = client): Promise<{ ids: string[]; intents: string[]; has_more: boolean }> {
    const { body } = await on.get(`${PATH}?${query}`).expect(200);
    expect(body).toMatchObject({ object: "list", url: PATH });
    const data: { id: string; payment_intent: string }[] = body.data;
    const intents = data.map(({ payment_intent }) => payment_intent);
    return { ids: data.map(({ id }) => id), intents, has_more: body.has_more };
  }

  it("shows a charge in Stripe's form, with its PaymentIntent's metadata, before and after a crash", async () => {
    const intent = await charge();
    const expected = {
      id: expect.stringMatching(/^ch_\w{24}$/),
      object: "charge",
      amount: 1250,
      amount_captured: 1250,
      amount_refunded: 0,
      captured: true,
      created: clock.now().getTime() / 1000,
      currency: "usd",
      livemode: false,
      metadata: { payment_id: "pay_1" },
      paid: true,
      payment_intent: intent,
      payment_method: "pm_card_visa",
      refunded: false,
      status: "succeeded",
    };
    const restarted = await client.afterCrash();
    const { body } = await restarted.get(PATH).expect(200);
    expect(body.data).toEqual([expect.objectContaining(expected)]);
    const one = await restarted.get(`${PATH}/${body.data[0].id}`).expect(200);
    expect(one.body).toEqual(body.data[0]);
    await restarted.get(`${PATH}/ch_nothing`).expect(404);
  });

  it("lists a declined try as failed, without money, and keeps it out of the ledger", async () => {
    const intent = await charge("pm_sim_decline_then_approve");
    await client.confirm(intent).expect(200);
    const restarted = await client.afterCrash();
    const { body } = await restarted.get(`${PATH}?payment_intent=${intent}`).expect(200);
    expect(body.data).toMatchObject([
      { status: "succeeded", paid: true, amount_captured: 1250, failure_code: null },
      {
        status: "failed",
        paid: false,
        captured: false,
        amount: 1250,
        amount_captured: 0,
        failure_code: "card_declined",
      },
    ]);
    expect(await restarted.ledger()).toHaveLength(1);
  });

  it("adds up to the ledger", async () => {
    for (const token of ["pm_card_visa", "pm_sim_wrong_amount", "pm_card_chargeDeclined", "pm_sim_processing"]) {
      await charge(token);
    }
    clock.advance(2 * SLOW_MS);
    const { body } = await client.get(`${PATH}?limit=100`).expect(200);
    const captured = body.data.filter(({ captured }: { captured: boolean }) => captured).reverse();
    const ledger = await client.ledger();
    expect(ledger).toHaveLength(3);
    expect(captured.map(({ id, amount }: { id: string; amount: number }) => ({ id, amount }))).toEqual(
      ledger.map(({ id, amount }) => ({ id, amount })),
    );
  });

  it("meets each charge once, page by page, while new ones arrive", async () => {
    const old: string[] = [];
    for (let n = 0; n < 7; n++) old.unshift(await charge());
    const seen: string[] = [];
    let after = "";
    for (let more = true; more; ) {
      const page = await list(`limit=3${after && `&starting_after=${after}`}`);
      seen.push(...page.intents);
      more = page.has_more;
      after = page.ids.at(-1) ?? "";
      await charge();
    }
    expect(seen).toEqual(old);
  });

  it("goes back towards the newest with ending_before", async () => {
    for (let n = 0; n < 5; n++) await charge();
    const { ids } = await list();
    expect(await list(`limit=2&ending_before=${ids[3]}`)).toMatchObject({ ids: ids.slice(1, 3), has_more: true });
    expect(await list(`limit=2&ending_before=${ids[1]}`)).toMatchObject({ ids: ids.slice(0, 1), has_more: false });
  });

  it("keeps to the created range and to one PaymentIntent", async () => {
    const first = await charge();
    clock.advance(10_000);
    const second = await charge();
    const time = clock.now().getTime() / 1000;
    expect((await list(`created[gte]=${time}`)).intents).toEqual([second]);
    expect((await list(`created[gt]=${time}`)).intents).toEqual([]);
    expect((await list(`created[lt]=${time}`)).intents).toEqual([first]);
    expect((await list(`created[gt]=${time - 11}&created[lte]=${time}`)).intents).toEqual([second, first]);
    expect((await list(`payment_intent=${first}`)).intents).toEqual([first]);
    expect((await list("payment_intent=pi_nothing")).intents).toEqual([]);
  });

  it.each([
    "limit=0",
    "limit=101",
    "starting_after=ch_nothing",
    "ending_before=ch_nothing",
    "created[x]=1",
    "customer=c",
  ])("refuses %s", async (query) => {
    await client.get(`${PATH}?${query}`).expect(400);
  });

  it("refuses both cursors at once", async () => {
    await charge();
    const [id] = (await list()).ids;
    await client.get(`${PATH}?starting_after=${id}&ending_before=${id}`).expect(400);
  });
});
