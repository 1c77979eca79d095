import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { startTestApi, type TestApi, until, VALID } from "../test-api.ts";
import { openSocket, readToEnd } from "../test-socket.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 150);
const TIME_LIMIT_MS = 600_000;
const options = { numRuns: RUNS, seed: 20_261_122 };

let api: TestApi;
beforeAll(async () => {
  // Short limits, since much of what is sent here has no end.
  api = await startTestApi({ limits: { headersTimeoutMs: 150, requestTimeoutMs: 200, checkEveryMs: 20 } });
});
afterAll(async () => {
  const gauge = api.registry.getSingleMetric("payonce_http_requests_in_flight");
  await until(async () => (await gauge?.get())?.values[0]?.value === 0);
  expect(api.lines.filter((line) => /"level":[45]|"status":5/.test(line))).toEqual([]);
});
afterAll(() => api.stop());

const statusesIn = (received: string) =>
  [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

test(
  "no body, however odd, is answered with anything but 202 or a problem of the client's",
  () => {
    const field = fc.oneof(
      fc.jsonValue({ depthSize: "medium" }),
      fc.string({ unit: "binary" }),
      fc.double(),
      fc.maxSafeInteger(),
    );
    const body = fc.oneof(
      fc.json({ depthSize: "large" }),
      fc.record({ amount: field, currency: field, payment_method: field, order_reference: field }),
      fc
        .record({ description: field, metadata: fc.dictionary(fc.string({ unit: "binary" }), field) })
        .map((extra) => ({ ...VALID, ...extra })),
      fc.dictionary(fc.string(), field).map((extra) => ({ ...VALID, ...extra })),
    );
    return fc.assert(
      fc.asyncProperty(body, async (one) => {
        const answer = await fetch(`${api.url}/v1/payments`, {
          method: "POST",
          headers: {
            authorization: api.authorization,
            "content-type": "application/json",
            "idempotency-key": crypto.randomUUID(),
          },
          body: typeof one === "string" ? one : JSON.stringify(one),
        });
        expect([202, 400, 413, 422]).toContain(answer.status);
        expect(answer.headers.get("content-type")).toMatch(/^application\/(problem\+)?json; charset=utf-8$/);
        await answer.json();
      }),
      options,
    );
  },
  TIME_LIMIT_MS,
);

test(
  "no bytes, however broken, are answered with 5xx or anything but JSON",
  () => {
    const content = JSON.stringify(VALID);
    const request = () =>
      `POST /v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.authorization}\r\nIdempotency-Key: ${crypto.randomUUID()}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${content.length}\r\nConnection: close\r\n\r\n${content}`;
    const change = fc.record({ at: fc.nat(400), remove: fc.nat(12), insert: fc.uint8Array({ maxLength: 12 }) });
    return fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let bytes = Buffer.from(request());
        for (const { at, remove, insert } of changes)
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        const socket = await openSocket(api.port);
        socket.write(bytes);
        const received = await readToEnd(socket);
        for (const status of statusesIn(received)) expect(status).toBeLessThan(500);
        expect(received).not.toMatch(/<html|node_modules|\.js:\d/);
      }),
      options,
    );
  },
  TIME_LIMIT_MS,
);

test(
  "no path or query, however odd, is answered with 5xx",
  () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "/",
        "v1",
        "payments",
        "%",
        "%2f",
        "%00",
        "%ff",
        "..",
        "?",
        "&",
        "=",
        "#",
        "[]",
        "wait",
        "limit",
        "20",
        "__proto__",
        "//",
        ";",
        "\\",
        "*",
        "http://",
        ":",
        "@",
      ),
      fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)), maxLength: 8 }),
    );
    const target = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    return fc.assert(
      fc.asyncProperty(fc.boolean(), target, async (isUnderRoot, rest) => {
        const path = isUnderRoot ? `/v1/payments${rest}` : rest;
        const socket = await openSocket(api.port);
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.authorization}\r\nConnection: close\r\n\r\n`,
        );
        const received = await readToEnd(socket);
        const [status] = statusesIn(received);
        expect([200, 400, 404]).toContain(status);
        expect(received).toMatch(/Content-Type: application\/(problem\+)?json/);
      }),
      options,
    );
  },
  TIME_LIMIT_MS,
);
