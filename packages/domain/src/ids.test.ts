import { expect, test } from "@jest/globals";
import { firstIdAt, idSchema, newId } from "./ids.ts";

test("ids of one process sort in the order they were made, also within a millisecond", () => {
  const ids = Array.from({ length: 10_000 }, () => newId("pay"));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(idSchema("pay").safeParse(id).success).toBe(true);
});

test("the first 48 bits are the time, as in any UUIDv7", () => {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const before = Date.now();
  const value = [...newId("pay").slice(4)].reduce(
    (sum, character) => sum * 32n + BigInt(alphabet.indexOf(character)),
    0n,
  );
  // Ids made earlier in the same millisecond may have borrowed from the next ones.
  expect(Math.abs(Number(value >> 80n) - before)).toBeLessThan(5_000);
  expect((value >> 76n) & 15n).toBe(7n);
  expect((value >> 62n) & 3n).toBe(2n);
});

test("every id made from a time on sorts from that time's first id on", () => {
  const id = newId("pay");
  expect(firstIdAt("pay", new Date(Date.now() - 5_000)) < id).toBe(true);
  expect(firstIdAt("pay", new Date(Date.now() + 10_000)) > id).toBe(true);
  expect(firstIdAt("pay", new Date(-1))).toBe(`pay_${"0".repeat(26)}`);
  expect(idSchema("pay").safeParse(firstIdAt("pay", new Date(8.64e15))).success).toBe(true);
});

test.each([
  "",
  "pay_",
  "mer_01k9xzzzzzzzzzzzzzzzzzzzzz",
  "pay_81k9xzzzzzzzzzzzzzzzzzzzzz",
  "pay_01K9XZZZZZZZZZZZZZZZZZZZZZ",
])("%p is not a payment's id", (id) => {
  expect(idSchema("pay").safeParse(id).success).toBe(false);
});

test("no two ids have the same random part, also after many", () => {
  const randoms = Array.from({ length: 1_000 }, () => newId("pay").slice(-12));
  expect(new Set(randoms).size).toBe(1_000);
});
