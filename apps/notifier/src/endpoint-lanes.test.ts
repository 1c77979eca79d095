import { beforeEach, describe, expect, test } from "@jest/globals";
import { createEndpointLanes, type EndpointLanes, type Place } from "./endpoint-lanes.ts";

let nowMs: number;
let lanes: EndpointLanes;
beforeEach(() => {
  nowMs = 1_000_000;
  lanes = createEndpointLanes({ places: 4, now: () => nowMs, random: () => 0.5 });
});

async function enter(endpointId = "a"): Promise<Place> {
  const place = await lanes.enter(endpointId);
  if (typeof place === "number") throw new Error(`told to stay away for ${place} ms`);
  return place;
}
/** Takes a place for so long. */
async function use(tookMs: number, outcome: "delivered" | "failed" = "delivered"): Promise<void> {
  const place = await enter();
  nowMs += tookMs;
  place.leave(outcome);
}
const takeAll = () => Promise.all(Array.from({ length: 4 }, () => enter()));
const isFull = async (endpointId = "a") => typeof (await lanes.enter(endpointId)) === "number";
const stayAway = async () => (await lanes.enter("a")) as number;

describe("the lanes of endpoints", () => {
  test("have so many places for each endpoint, whatever the others take", async () => {
    await takeAll();
    expect([await isFull("a"), await isFull("b")]).toEqual([true, false]);
  });

  test("give a place back when it is left, also by what sent nothing", async () => {
    const [first, second] = await takeAll();
    first?.leave("delivered");
    second?.leave(null);
    await enter();
    await enter();
    expect(await isFull()).toBe(true);
  });

  test("have one place at an endpoint that failed, until something gets through", async () => {
    await use(100, "failed");
    const probe = await enter();
    expect(await isFull()).toBe(true);
    probe.leave("delivered");
    await takeAll();
  });

  test("have few places at a slow endpoint", async () => {
    for (let i = 0; i < 3; i++) await use(8_000);
    await enter();
    await enter();
    expect(await isFull()).toBe(true);
  });

  test("hand a place on to those who wait, in their order, as long as places are soon free", async () => {
    const taken = await takeAll();
    const got: number[] = [];
    const waiting = [1, 2].map((n) => enter().then(() => got.push(n)));
    taken[0]?.leave("delivered");
    await waiting[0];
    expect(got).toEqual([1]);
    taken[1]?.leave(null);
    await waiting[1];
    expect(got).toEqual([1, 2]);
  });

  test("let no more wait than there are places", async () => {
    await takeAll();
    const waiting = Array.from({ length: 4 }, () => lanes.enter("a"));
    expect(await stayAway()).toBe(1);
    // Nobody leaves, so those who wait are sent away as well, in their order.
    expect(await Promise.all(waiting)).toEqual([2, 3, 4, 5]);
  });

  test("hand no place on at an endpoint that has failed meanwhile", async () => {
    const taken = await takeAll();
    const waiting = lanes.enter("a");
    taken[0]?.leave("failed");
    expect(typeof (await waiting)).toBe("number");
  });

  test("tell each who finds no place to come back a little later than the one before", async () => {
    await use(1_600);
    await takeAll();
    // 1,600 ms count for a quarter of the mean, over four places.
    expect([await stayAway(), await stayAway(), await stayAway()]).toEqual([100, 200, 300]);
    nowMs += 200;
    expect(await stayAway()).toBe(200);
  });

  test("keep nobody away for long", async () => {
    for (let i = 0; i < 12; i++) await use(10_000, "failed");
    await enter();
    const waits = await Promise.all(Array.from({ length: 1_000 }, stayAway));
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
    nowMs += 15_000;
    expect(await stayAway()).toBeLessThanOrEqual(15_000);
  });
});
