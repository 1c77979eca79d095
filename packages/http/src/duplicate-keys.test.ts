import { expect, test } from "@jest/globals";
import { hasDuplicateKeys } from "./duplicate-keys.ts";

test.each([
  '{"amount":1,"amount":2}',
  '{"amount":1,"amount":1}',
  '{"a":{"b":1,"c":[{"d":1}],"b":2}}',
  '[{"a":1},{"a":1,"a":1}]',
  '{"amount" \n\t: 1, "\\u0061mount":2}',
  '{"\\"":1,"\\u0022":2}',
  '{"":1,"":2}',
  '{"__proto__":1,"__proto__":2}',
  '{"x":"}","a":1,"y":"{","a":2}',
])("a key occurs twice in %s", (json) => {
  expect(hasDuplicateKeys(json)).toBe(true);
});

test.each([
  "{}",
  '{"a":1,"b":2,"A":3}',
  '{"a":{"a":{"a":[{"a":1},{"a":2}]}}}',
  '{"a":"b","b":"a","c":"a"}',
  '{"a":"\\"a\\":","b":"{\\"a\\":1,\\"a\\":2}"}',
  '{"a":["x","x"],"b":":"}',
])("no key occurs twice in %s", (json) => {
  expect(hasDuplicateKeys(json)).toBe(false);
});

test("takes as little time as parsing, whatever it is given", () => {
  const begin = performance.now();
  for (const part of ['"\\"', '""', "{", '"a":', " ", "\\", '"\\\\'])
    hasDuplicateKeys(`{"a":"${part.replaceAll('"', '\\"').repeat(5_000)}","b"${" ".repeat(16_000)}:1}`);
  hasDuplicateKeys(`[${'"a",'.repeat(4_000)}1]`);
  expect(performance.now() - begin).toBeLessThan(500);
});
