import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Attempt } from "./deliver-once.ts";
import { createEndpointLanes, type EndpointLanes } from "./endpoint-lanes.ts";

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
async function end(id: string, kind: "delivered" | "dead_lettered" | "not_claimed" = "delivered", tookMs = 100) {
  nowMs += tookMs;
  begun.get(id)?.({ kind });
  await new Promise(setImmediate);
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

  test("go on with what waits when a delivery could not be made at all", async () => {
    const failing = createEndpointLanes({
      places: 1,
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
