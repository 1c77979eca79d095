import { expect, test } from "@jest/globals";
import type { ApiKeyOwner, KeyLookup } from "@payonce/db";
import { createKnownKeys } from "./known-keys.ts";

const OWNER: ApiKeyOwner = {
  id: "key_1",
  merchantId: "mer_1",
  kind: "publishable",
  isOriginAllowed: true,
  isUseUnnoted: false,
  endsInMs: null,
};
const SHOP = "https://shop.example";

/** Known keys with a clock and a database of the test's, which answers `owner` unless told otherwise. */
function start({ owner = OWNER, maxKnown = 10 }: { owner?: ApiKeyOwner | null; maxKnown?: number } = {}) {
  const world = {
    nowMs: 5_000,
    generation: 1 as number | null,
    asked: [] as KeyLookup[],
    find: async (): Promise<ApiKeyOwner | null> => owner,
  };
  const keys = createKnownKeys({
    find: (lookup) => {
      world.asked.push(lookup);
      return world.find();
    },
    changes: { generation: () => world.generation },
    now: () => world.nowMs,
    maxKnown,
  });
  return { world, keys };
}

test("an owner is recalled for a second, and no longer", async () => {
  const { world, keys } = start();
  expect(keys.recall("aa", null)).toBeUndefined();
  expect(await keys.ask("aa", null)).toEqual(OWNER);
  expect(world.asked).toEqual([{ hash: Buffer.from([0xaa]), origin: null }]);
  world.nowMs += 999;
  expect(keys.recall("aa", null)).toEqual(OWNER);
  world.nowMs += 1;
  expect(keys.recall("aa", null)).toBeUndefined();
});

test("being recalled does not make the second longer, being asked for anew does", async () => {
  const { world, keys } = start();
  await keys.ask("aa", null);
  world.nowMs += 600;
  expect(keys.recall("aa", null)).toBeDefined();
  await keys.ask("aa", null);
  world.nowMs += 600;
  expect(keys.recall("aa", null)).toBeDefined();
  world.nowMs += 400;
  expect(keys.recall("aa", null)).toBeUndefined();
});

test("the second begins with the question: an answer may be as old", async () => {
  const { world, keys } = start();
  world.find = async () => {
    world.nowMs += 900;
    return OWNER;
  };
  await keys.ask("aa", null);
  world.nowMs += 100;
  expect(keys.recall("aa", null)).toBeUndefined();
});

test("a key that is being replaced is not recalled after its end", async () => {
  const { world, keys } = start({ owner: { ...OWNER, endsInMs: 300 } });
  await keys.ask("aa", null);
  world.nowMs += 299;
  expect(keys.recall("aa", null)).toBeDefined();
  world.nowMs += 1;
  expect(keys.recall("aa", null)).toBeUndefined();
});

test("a key that is to end one day is recalled for a second as well", async () => {
  const { world, keys } = start({ owner: { ...OWNER, endsInMs: 86_400_000 } });
  await keys.ask("aa", null);
  world.nowMs += 1_000;
  expect(keys.recall("aa", null)).toBeUndefined();
});

test("while changes are not heard of, nothing is remembered", async () => {
  const { world, keys } = start();
  world.generation = null;
  expect(await keys.ask("aa", null)).toEqual(OWNER);
  expect(keys.recall("aa", null)).toBeUndefined();
  world.generation = 1;
  expect(keys.recall("aa", null)).toBeUndefined();
});

test("once changes are not heard of any more, nothing is recalled", async () => {
  const { world, keys } = start();
  await keys.ask("aa", null);
  world.generation = null;
  expect(keys.recall("aa", null)).toBeUndefined();
});

test("a change ends all that was known", async () => {
  const { world, keys } = start();
  await keys.ask("aa", null);
  await keys.ask("bb", SHOP);
  world.generation = 2;
  expect(keys.recall("aa", null)).toBeUndefined();
  expect(keys.recall("bb", SHOP)).toBeUndefined();
});

test.each([
  ["a change came", 1, 2],
  ["hearing of changes began", null, 1],
])("what was asked for before %s is not remembered", async (_what, before, after) => {
  const { world, keys } = start();
  world.generation = before;
  world.find = async () => {
    world.generation = after;
    return OWNER;
  };
  expect(await keys.ask("aa", null)).toEqual(OWNER);
  expect(keys.recall("aa", null)).toBeUndefined();
  world.find = async () => OWNER;
  await keys.ask("aa", null);
  expect(keys.recall("aa", null)).toBeDefined();
});

test("that nobody has a key is not remembered", async () => {
  const { world, keys } = start({ owner: null });
  expect(await keys.ask("aa", null)).toBeNull();
  world.find = async () => OWNER;
  expect(keys.recall("aa", null)).toBeUndefined();
  expect(await keys.ask("aa", null)).toEqual(OWNER);
});

test("what is known of a key from one origin says nothing of another, nor of none", async () => {
  const { keys } = start();
  await keys.ask("aa", SHOP);
  expect(keys.recall("aa", SHOP)).toEqual(OWNER);
  expect(keys.recall("aa", "https://other.example")).toBeUndefined();
  expect(keys.recall("aa", null)).toBeUndefined();
  expect(keys.recall("bb", SHOP)).toBeUndefined();
});

test("an origin that is not the merchant's is not remembered", async () => {
  const { world, keys } = start({ owner: { ...OWNER, isOriginAllowed: false } });
  await keys.ask("aa", SHOP);
  expect(keys.recall("aa", SHOP)).toBeUndefined();
  // Without one there is none to be allowed.
  await keys.ask("aa", null);
  expect(keys.recall("aa", null)).toBeDefined();
  expect(world.asked).toHaveLength(2);
});

test("no more owners are kept than may be", async () => {
  const { keys } = start({ maxKnown: 2 });
  const hashes = ["aa", "bb", "cc", "dd", "ee"];
  for (const hash of hashes) {
    await keys.ask(hash, null);
    expect(keys.recall(hash, null)).toBeDefined();
    expect(hashes.filter((one) => keys.recall(one, null)).length).toBeLessThanOrEqual(2);
  }
});

test("the use of a key is to be noted by who has asked, and not by who recalls", async () => {
  const { keys } = start({ owner: { ...OWNER, isUseUnnoted: true } });
  expect(await keys.ask("aa", null)).toMatchObject({ isUseUnnoted: true });
  expect(keys.recall("aa", null)).toMatchObject({ id: OWNER.id, isUseUnnoted: false });
});
