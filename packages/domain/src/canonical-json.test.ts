import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { canonicalJson } from "./canonical-json.ts";

test("the order of fields makes no difference, at any depth", () => {
  expect(canonicalJson({ b: { y: 1, x: [1, { d: 1, c: 2 }] }, a: "ü" })).toBe(
    '{"a":"ü","b":{"x":[1,{"c":2,"d":1}],"y":1}}',
  );
});

test("different values never have the same text, and the text is the value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // JSON has no negative zero: what a client can send is what parsing gives back.
      const sent = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(sent))).toEqual(sent);
    }),
  );
});
