import { describe, expect, test } from "@jest/globals";
import { createSharedStatement, SharedStatementFull } from "./shared-statement.ts";

/** Statements that end when told to. */
function createStatements<Result = number>(answer = (request: number) => (request * 10) as Result) {
  const batches: number[][] = [];
  const finish: ((error?: unknown) => void)[] = [];
  return {
    batches,
    run: (requests: readonly number[]) =>
      new Promise<Result[]>((resolve, reject) => {
        batches.push([...requests]);
        finish.push((error) => (error ? reject(error) : resolve(requests.map(answer))));
      }),
    /** Ends the statement under way. */
    async end(error?: unknown) {
      finish.shift()?.(error);
      await new Promise(setImmediate);
    },
  };
}
const unavailable = () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const badData = () => Object.assign(new Error("invalid byte sequence"), { code: "22021" });

describe("a shared statement", () => {
  test("sends a request that is alone at once", async () => {
    const { run, batches, end } = createStatements();
    const result = createSharedStatement(run, { maxBatch: 100, maxWaiting: 100 }).submit(1);
    await new Promise(setImmediate);
    expect(batches).toEqual([[1]]);
    await end();
    expect(await result).toBe(10);
  });

  test("has one statement under way, and sends what came meanwhile together, in the order in which it came", async () => {
    const { run, batches, end } = createStatements();
    const statement = createSharedStatement(run, { maxBatch: 3, maxWaiting: 100 });
    const results = [statement.submit(1)];
    await new Promise(setImmediate);
    for (const request of [2, 3, 4, 5]) results.push(statement.submit(request));
    await new Promise(setImmediate);
    expect([batches, statement.waiting()]).toEqual([[[1]], 4]);
    await end();
    expect([batches, statement.waiting()]).toEqual([[[1], [2, 3, 4]], 1]);
    await end();
    await end();
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50]);
  });

  test("sends requests of the same moment together", async () => {
    const { run, batches, end } = createStatements();
    const statement = createSharedStatement(run, { maxBatch: 100, maxWaiting: 100 });
    const results = [1, 2, 3].map((request) => statement.submit(request));
    await new Promise(setImmediate);
    await end();
    expect(batches).toEqual([[1, 2, 3]]);
    expect(await Promise.all(results)).toEqual([10, 20, 30]);
  });

  test("refuses what it cannot keep waiting, and takes requests again once there is room", async () => {
    const { run, end } = createStatements();
    const statement = createSharedStatement(run, { maxBatch: 100, maxWaiting: 2 });
    const first = statement.submit(1);
    await new Promise(setImmediate);
    const waiting = [statement.submit(2), statement.submit(3)];
    await expect(statement.submit(4)).rejects.toThrow(SharedStatementFull);
    await end();
    const later = statement.submit(5);
    await end();
    await end();
    expect(await Promise.all([first, ...waiting, later])).toEqual([10, 20, 30, 50]);
  });

  test("sends each by itself where the data of one is at fault, so that no other fails", async () => {
    const { run, batches, end } = createStatements();
    const statement = createSharedStatement(run, { maxBatch: 100, maxWaiting: 100 });
    const results = Promise.allSettled([1, 2, 3].map((request) => statement.submit(request)));
    await new Promise(setImmediate);
    await end(badData());
    await end();
    await end(badData());
    await end();
    expect(batches).toEqual([[1, 2, 3], [1], [2], [3]]);
    expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  test("sends nothing again where it is not known whether it took effect", async () => {
    const { run, batches, end } = createStatements();
    const statement = createSharedStatement(run, { maxBatch: 100, maxWaiting: 100 });
    const results = Promise.allSettled([1, 2].map((request) => statement.submit(request)));
    await new Promise(setImmediate);
    await end(unavailable());
    expect(batches).toEqual([[1, 2]]);
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const next = statement.submit(3);
    await new Promise(setImmediate);
    await end();
    expect(await next).toBe(30);
  });

  test("asks an absent database once, not once for each that is sent by itself", async () => {
    const { run, batches, end } = createStatements();
    const statement = createSharedStatement(run, { maxBatch: 100, maxWaiting: 100 });
    const results = Promise.allSettled([1, 2, 3].map((request) => statement.submit(request)));
    await new Promise(setImmediate);
    await end(badData());
    await end();
    await end(unavailable());
    expect(batches).toEqual([[1, 2, 3], [1], [2]]);
    expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  });

  test.each([
    ["too few", [10]],
    ["too many", [10, 20, 30]],
  ])("with %s results gives nobody another's, lets nobody wait, and is not sent again", async (_what, answers) => {
    const batches: (readonly number[])[] = [];
    const run = async (requests: readonly number[]) => {
      batches.push(requests);
      return requests.length === 1 ? [70] : answers;
    };
    const statement = createSharedStatement(run, { maxBatch: 100, maxWaiting: 100 });
    const results = await Promise.allSettled([statement.submit(1), statement.submit(2)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(batches).toEqual([[1, 2]]);
    expect(await statement.submit(7)).toBe(70);
  });

  test.each([
    ["an error", new Error("broken")],
    ["nothing", undefined],
  ])("that throws %s before it is sent rejects, and the next works", async (_what, thrown) => {
    let isBroken = true;
    const run = (requests: readonly number[]): Promise<number[]> => {
      if (isBroken) throw thrown;
      return Promise.resolve([...requests]);
    };
    const statement = createSharedStatement(run, { maxBatch: 100, maxWaiting: 100 });
    const results = await Promise.allSettled([statement.submit(1), statement.submit(2)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isBroken = false;
    expect(await statement.submit(3)).toBe(3);
  });
});
