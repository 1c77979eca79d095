import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Attempt } from "./deliver-once.ts";
import { createEndpointLanes, type EndpointLanes } from "./endpoint-lanes.ts";
import { until } from "./test-notifier.ts";

let nowMs: number;
let lanes: EndpointLanes;
/** What is being delivered, in the order in which it began; each is ended by the test. */
let begun: Map<string, (attempt: Attempt) => void>;
let errors: unknown[];
beforeEach(() => {
  nowMs = 1_000_000;
  begun = new Map();
  errors = [];
  lanes = createEndpointLanes({
    places: 4,
    troubledPlaces: 2,
    deliver: (id) => new Promise((resolve) => begun.set(id, resolve)),
    onError: (error) => errors.push(error),
    now: () => nowMs,
    random: () => 0.5,
  });
});
afterEach(() => expect(errors).toEqual([]));

/** @returns true when it began at once */
const enter = (id: string, endpointId = "a") => typeof lanes.enter(endpointId, id) !== "number";
const enterMany = (...ids: string[]) => ids.map((id) => enter(id));
type Kind = Exclude<Attempt["kind"], "failed">;
async function end(id: string, as: Kind | Attempt = "delivered", tookMs = 100) {
  nowMs += tookMs;
  begun.get(id)?.(typeof as === "string" ? { kind: as } : as);
  await new Promise(setImmediate);
}
/** Endpoints that have failed before. */
async function makeTroubled(...endpointIds: string[]) {
  for (const id of endpointIds) {
    enter(id, id);
    await end(id, "dead_lettered");
    begun.delete(id);
  }
}

describe("the lanes of endpoints", () => {
  test("have so many places for each endpoint, whatever the others take", () => {
    expect(enterMany("1", "2", "3", "4", "5")).toEqual([true, true, true, true, false]);
    expect(enter("6", "b")).toBe(true);
    expect([...begun.keys()]).toEqual(["1", "2", "3", "4", "6"]);
  });

  test("tell what becomes of a delivery that had a place", async () => {
    const entered = lanes.enter("a", "1");
    await end("1", "dead_lettered");
    expect(await entered).toEqual({ kind: "dead_lettered" });
  });

  test("begin what waits in its order, as soon as there are places", async () => {
    enterMany("1", "2", "3", "4", "5", "6", "7");
    await end("2");
    await end("1", "not_claimed");
    expect([...begun.keys()].slice(4)).toEqual(["5", "6"]);
    await end("5");
    expect([...begun.keys()].slice(6)).toEqual(["7"]);
  });

  test("begin a delivery once that has asked several times meanwhile", async () => {
    enterMany("1", "2", "3", "4", "5", "5", "5", "6");
    await end("1");
    await end("2");
    expect([...begun.keys()]).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  test("send away what has to wait, for long: by then it is done", () => {
    enterMany("1", "2", "3", "4");
    expect(lanes.enter("a", "5")).toBe(45_000);
  });

  test("have one place at an endpoint that failed, until something gets through", async () => {
    enterMany("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    for (const id of ["1", "2", "3"]) await end(id, "dead_lettered");
    expect(begun.size).toBe(4);
    await end("4", "dead_lettered");
    expect([...begun.keys()].slice(4)).toEqual(["5"]);
    await end("5");
    expect([...begun.keys()].slice(5)).toEqual(["6", "7", "8", "9"]);
  });

  test("have few places at a slow endpoint", async () => {
    for (const id of ["1", "2", "3"]) {
      enter(id);
      await end(id, "delivered", 8_000);
    }
    expect(enterMany("4", "5", "6")).toEqual([true, true, false]);
  });

  test("in trouble have so many places in all, however many they are, and leave the rest to those that answer", async () => {
    await makeTroubled("a", "b", "c", "d");
    expect([enter("1", "a"), enter("2", "b"), enter("3", "c"), enter("4", "d")]).toEqual([true, true, false, false]);
    expect([enter("5", "well"), enter("6", "well"), enter("7", "well")]).toEqual([true, true, true]);
    // What got through is in trouble no more, and makes room.
    await end("1");
    expect(enter("3", "c")).toBe(true);
  });

  test("in trouble hand their places on: those that were down first do not keep the others from being tried", async () => {
    await makeTroubled("a", "b", "c");
    enter("1", "a");
    for (const id of ["2", "3", "4"]) enter(id, "b");
    expect(enter("5", "c")).toBe(false);
    await end("2", "dead_lettered");
    expect([...begun.keys()]).toEqual(["1", "2"]);
    expect(enter("5", "c")).toBe(true);
    // What had waited is not lost: its job asks again.
    await end("5");
    expect(enter("3", "b")).toBe(true);
  });

  test("try a delivery that waited and failed again when it is due, and not when its job comes back", async () => {
    enterMany("1", "2", "3", "4", "5");
    await end("1");
    await end("5", { kind: "failed", what: "500", waitMs: 1 });
    begun.delete("5");
    for (const id of ["2", "3", "4"]) await end(id);
    await until(() => begun.has("5"));
  });

  test("go on with what waits when a delivery could not be made at all", async () => {
    const failing = createEndpointLanes({
      places: 1,
      troubledPlaces: 1,
      deliver: (id) =>
        id === "2" ? Promise.reject(new Error("Postgres is away")) : new Promise((resolve) => begun.set(id, resolve)),
      onError: (error) => errors.push(error),
      now: () => nowMs,
      random: () => 0.5,
    });
    for (const id of ["1", "2", "3"]) void failing.enter("a", id);
    await end("1");
    expect(errors.splice(0)).toHaveLength(1);
    expect([...begun.keys()]).toEqual(["1", "3"]);
  });

  test("begin nothing more when they close, and wait for what is under way", async () => {
    enterMany("1", "2", "3", "4", "5");
    let isClosed = false;
    const closing = lanes.close().then(() => {
      isClosed = true;
    });
    await end("1");
    expect([begun.size, isClosed]).toEqual([4, false]);
    for (const id of ["2", "3", "4"]) await end(id);
    await closing;
    expect(begun.size).toBe(4);
  });
});
