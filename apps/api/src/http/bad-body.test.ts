import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request from "supertest";
import { countRows, expectProblem, startTestApi, type TestApi, VALID } from "../test-api.ts";

const CARD = "4242424242424242";
const SPACED_CARD = "4242 4242 4242 4242";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  // Whatever was refused above left nothing behind, in tables or logs.
  expect(await countRows(api.db)).toEqual({ payments: 0, outbox: 0, timeline: 0 });
  expect(api.lines.filter((line) => /4242|"status":5|"level":[45]/.test(line))).toEqual([]);
});
afterAll(() => api.stop());

/** Sends bytes as they are. */
function send(body: string | Buffer | undefined, headers: Record<string, string> = {}) {
  const post = request(api.url)
    .post("/v1/payments")
    .set({ Authorization: api.authorization, "Idempotency-Key": "key-1", "Content-Type": "application/json" })
    .set(headers)
    .serialize((bytes) => bytes as unknown as string);
  return body === undefined ? post : post.send(body);
}
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const withField = (json: string) => JSON.stringify(VALID).replace("{", `{${json},`);

describe("a field is refused when it is wrong", () => {
  const cases: [what: string, body: object, param: string][] = [
    ...Object.keys(VALID).map((field): [string, object, string] => {
      const { [field as keyof typeof VALID]: _, ...rest } = VALID;
      return [`${field} is missing`, rest, field];
    }),
    ...[0, -1, -0, 1.5, 0.1 + 0.2, 1e12, 1e300, Number.MAX_SAFE_INTEGER, 2 ** 53, -(2 ** 63), 1e-7].map(
      (amount): [string, object, string] => [`amount is ${amount}`, { ...VALID, amount }, "amount"],
    ),
    ...["4200", "", "42.00", "NaN", "Infinity", "0x10", "1e3", null, true, [], [4200], {}, { $gt: 0 }].map(
      (amount): [string, object, string] => [`amount is ${JSON.stringify(amount)}`, { ...VALID, amount }, "amount"],
    ),
    ...["", "e", "euro", "xxx", "€", "eu r", "EUR ", "xau", "usd\0", null, 978, ["eur"], {}, CARD].map(
      (currency): [string, object, string] => [
        `currency is ${JSON.stringify(currency)}`,
        { ...VALID, currency },
        "currency",
      ],
    ),
    ...[
      "",
      "card",
      "pm_",
      "pm_ä",
      "pm_a b",
      "pm_a\n",
      "tok_visa",
      CARD,
      SPACED_CARD,
      `pm_${CARD}`,
      null,
      1,
      {},
      ["pm_card_visa"],
    ].map((token): [string, object, string] => [
      `payment_method is ${JSON.stringify(token)}`,
      { ...VALID, payment_method: token },
      "payment_method",
    ]),
    ["payment_method is too long", { ...VALID, payment_method: `pm_${"a".repeat(201)}` }, "payment_method"],
    ...[
      "",
      "a\0b",
      "\ud800",
      "a\udc00b",
      "x".repeat(501),
      CARD,
      `card ${SPACED_CARD}.`,
      "4242-4242-4242-4242",
      null,
      7,
      true,
      [],
      {},
    ].flatMap((text): [string, object, string][] => [
      [`order_reference is ${label(text)}`, { ...VALID, order_reference: text }, "order_reference"],
      [`description is ${label(text)}`, { ...VALID, description: text }, "description"],
      [`a metadata value is ${label(text)}`, { ...VALID, metadata: { note: text } }, "metadata.note"],
    ]),
    ["order_reference is too long", { ...VALID, order_reference: "x".repeat(201) }, "order_reference"],
    ...[null, "a", 1, true, [], [["a", "b"]]].map((metadata): [string, object, string] => [
      `metadata is ${JSON.stringify(metadata)}`,
      { ...VALID, metadata },
      "metadata",
    ]),
    ...["", "k".repeat(41), CARD, SPACED_CARD, "a\0", "\ud800"].map((key): [string, object, string] => [
      `a metadata key is ${label(key)}`,
      { ...VALID, metadata: { [key]: "v" } },
      "metadata",
    ]),
    [
      "metadata has 51 keys",
      { ...VALID, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) },
      "metadata",
    ],
    ["metadata is nested", { ...VALID, metadata: { a: { b: "c" } } }, "metadata.a"],
    ...["amonut", "id", "status", "merchant_id", "constructor", "toString", "hasOwnProperty", ""].map(
      (field): [string, object, string] => [`it is not known: "${field}"`, { ...VALID, [field]: "x" }, field],
    ),
    ["it is not known, and a card number", { ...VALID, [CARD]: "x" }, "[redacted]"],
    ["it is not known, and ten lines long", { ...VALID, ["a\n".repeat(300)]: "x" }, "a?".repeat(30)],
    ["it is not known, and not well-formed", { ...VALID, "\ud800": "x" }, "?"],
    ["nothing is there", {}, "amount"],
  ];

  test.each(cases)("%s", async (_what, body, param) => {
    const answer = await send(JSON.stringify(body));
    expectProblem(answer, 422, "field_invalid", param);
    expect(answer.text).not.toMatch(/4242/);
  });

  test("it would be lost without a word: __proto__", async () => {
    expectProblem(await send(withField('"__proto__":{"amount":1}')), 422, "field_invalid", "__proto__");
    const inMetadata = withField('"metadata":{"__proto__":"a"}');
    expectProblem(await send(inMetadata), 422, "field_invalid", "metadata");
  });

  test.each([`"amount":9007199254740993`, `"amount":1e999`, `"amount":-1e999`, `"amount":0.99999999999999999999e-300`])(
    "it is a number that JavaScript cannot hold: %s",
    async (field) => {
      const body = JSON.stringify(VALID).replace('"amount":4200', field);
      expectProblem(await send(body), 422, "field_invalid", "amount");
    },
  );

  test("it is nested as deep as the body allows", async () => {
    expectProblem(await send(withField(`"metadata":${nested(8_000)}`)), 422, "field_invalid", "metadata");
    expectProblem(await send(withField(`"x":${nested(8_000)}`)), 422, "field_invalid", "x");
    const deep = `"metadata":${'{"a":'.repeat(2_700)}1${"}".repeat(2_700)}`;
    expectProblem(await send(withField(deep)), 422, "field_invalid", "metadata.a");
  });

  test("it comes first among several; the answer names one", async () => {
    expectProblem(await send('{"amount":"a","currency":1,"payment_method":[]}'), 422, "field_invalid", "amount");
  });
});

describe("a body is refused when it is not a JSON object", () => {
  test.each<[what: string, body: string | Buffer]>([
    ["cut off", '{"amount":42'],
    ["with a comma too many", '{"amount":1,}'],
    ["with single quotes", "{'amount':1}"],
    ["with a comment", '{"amount":1/* cents */}'],
    ["with NaN", '{"amount":NaN}'],
    ["with Infinity", '{"amount":Infinity}'],
    ["with a leading zero", '{"amount":042}'],
    ["with a plus", '{"amount":+42}'],
    ["hexadecimal", '{"amount":0x2a}'],
    ["undefined", "undefined"],
    ["two objects", "{}{}"],
    ["white space", "   "],
    ["NUL", "\0"],
    ["a form", "amount=4200&currency=eur"],
    ["XML", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"],
    ["a raw line break in a string", '{"description":"a\nb"}'],
    ["a wrong escape", '{"description":"\\x41"}'],
    ["with a key twice", withField('"amount":1')],
    ["with a key twice further in", withField('"metadata":{"a":"b","\\u0061":"c"}')],
    ["a card number in what does not parse", `{"number":"${CARD}"`],
  ])("%s", async (_what, body) => {
    const answer = await send(body);
    expectProblem(answer, 400, "malformed_json");
    expect(answer.text).not.toContain("4242");
  });

  test.each(["null", "42", '"abc"', "true", CARD, "[]", `[${JSON.stringify(VALID)}]`, nested(8_000)])(
    "but another value: %.40s",
    async (body) => {
      expectProblem(await send(body), 400, "malformed_request");
    },
  );

  test("an empty one, as curl sends it with -d ''", async () => {
    expectProblem(await send(undefined, { "Content-Length": "0" }), 400, "malformed_json");
  });
});

describe("a body is refused when it is not sent as plain JSON", () => {
  const json = JSON.stringify(VALID);

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/merge-patch+json",
    "text/json",
    "application/xml",
    "json",
    "*/*",
    ",",
    "application/json, text/plain",
  ])("but as %p", async (type) => {
    const answer = await send(json, { "Content-Type": type });
    expectProblem(answer, 415, "content_type_unsupported", "Content-Type");
  });

  test("but without a Content-Type", async () => {
    const answer = await fetch(`${api.url}/v1/payments`, {
      method: "POST",
      headers: { authorization: api.authorization, "idempotency-key": "key-1" },
      body: new Blob([json]),
    });
    const headers = Object.fromEntries(answer.headers);
    expectProblem(
      { status: answer.status, headers, text: await answer.text() },
      415,
      "content_type_unsupported",
      "Content-Type",
    );
  });

  test.each(["latin1", "utf-16", "utf-7", "utf-32", "us-ascii", "x", CARD])(
    "but in the charset %s",
    async (charset) => {
      const answer = await send(json, { "Content-Type": `application/json; charset=${charset}` });
      expectProblem(answer, 415, "content_type_unsupported", "Content-Type");
      expect(answer.text).not.toContain("4242");
    },
  );

  test.each([
    ["a stray byte", [0xff]],
    ["a cut character", [0xc3]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a surrogate in UTF-8", [0xed, 0xa0, 0x80]],
    ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ])("but with bytes that are not UTF-8: %s", async (_what, bytes) => {
    const [before, after] = JSON.stringify({ ...VALID, description: "a|b" }).split("|");
    const body = Buffer.concat([Buffer.from(before ?? ""), Buffer.from(bytes), Buffer.from(after ?? "")]);
    expectProblem(await send(body), 415, "content_type_unsupported", "Content-Type");
  });

  test.each(["gzip", "deflate", "br", "zstd", "x", "gzip, gzip"])("but with Content-Encoding: %s", async (encoding) => {
    const answer = await send(gzipSync(json), { "Content-Encoding": encoding });
    expectProblem(answer, 415, "content_type_unsupported", "Content-Encoding");
  });
});

describe("a body has at most 16 kB", () => {
  const padded = (bytes: number) => `${" ".repeat(bytes - 2)}{}`;

  test("and may have exactly that", async () => {
    expectProblem(await send(padded(16_384)), 422, "field_invalid", "amount");
  });

  test.each([16_385, 1_000_000])("so %p bytes are refused", async (bytes) => {
    expectProblem(await send(padded(bytes)), 413, "body_too_large");
  });

  test("also in chunks, with no length given before", async () => {
    const answer = await fetch(`${api.url}/v1/payments`, {
      method: "POST",
      headers: { authorization: api.authorization, "content-type": "application/json" },
      body: new Blob([padded(50_000)]).stream(),
      duplex: "half",
    } as RequestInit);
    const headers = Object.fromEntries(answer.headers);
    expectProblem({ status: answer.status, headers, text: await answer.text() }, 413, "body_too_large");
  });
});

function label(text: unknown): string {
  return JSON.stringify(text).slice(0, 30);
}
