import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { loggablePath } from "@payonce/http";
import { startTestApi, type TestApi, until, VALID } from "../test-api.ts";
import { sendRaw } from "../test-socket.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => {
  api.lines.length = 0;
});

const readLines = async (count: number) => {
  await until(() => api.lines.length >= count);
  return api.lines.map((line) => JSON.parse(line));
};

test("a request is one line, with its id, who asked, what for, and how it went", async () => {
  const answer = await api.post();
  expect(await readLines(1)).toEqual([
    {
      level: 30,
      time: expect.any(String),
      name: "api",
      msg: "request",
      requestId: answer.headers["request-id"],
      method: "POST",
      path: "/v1/payments",
      status: 202,
      ms: expect.any(Number),
      merchantId: api.merchantId,
    },
  ]);
});

test("no line has a key, a card number, or what is in query, headers or body", async () => {
  const secret = "do-not-log-me";
  const card = "4242424242424242";
  const headers = { "X-Secret": secret, "Idempotency-Key": secret, Cookie: secret, "User-Agent": secret };
  await api.post({ ...VALID, description: secret, metadata: { [secret]: secret } }, headers);
  await api.post({ ...VALID, description: card, order_reference: secret });
  await api.post({ ...VALID, [secret]: card });
  await api.get(`/v1/payments?${secret}=${card}`);
  await api.get(`/v1/payments/${card}?a=${secret}`);
  await api.get(`/v1/payments/${api.secretKey}`);
  await api.get("/v1/payments", { authorization: `Bearer ${secret}` });
  await api.get("/v1/payments", { authorization: "Bearer sk_live_oops" });
  await sendRaw(api.port, `${secret} ${card}\r\n\r\n`);
  const lines = await readLines(9);
  expect(lines).toHaveLength(9);
  expect(JSON.stringify(lines)).not.toMatch(/do-not-log-me|4242|sk_test|sk_live/);
});

test("a line break in a path does not make a second line", async () => {
  await api.get('/v1/payments/a%0a{"level":50}');
  await api.get('/"},{"level":50}');
  for (const line of await readLines(2)) expect(line.level).toBe(30);
});

test("each request has an id of its own; one that is sent along is not taken over", async () => {
  const answers = await Promise.all([1, 2, 3].map(() => api.get("/healthz", { "Request-Id": "req_mine" })));
  const ids = answers.map(({ headers }) => headers["request-id"]);
  expect(new Set(ids).size).toBe(3);
  expect(ids).not.toContain("req_mine");
});

test("durations are counted by route, not by path, so that ids do not fill the memory", async () => {
  for (let i = 0; i < 3; i++) await api.get(`/v1/payments/${newId("pay")}`);
  for (let i = 0; i < 3; i++) await api.get(`/nowhere/${i}`);
  await readLines(6);
  const values = (await api.registry.getSingleMetric("payonce_http_request_duration_seconds")?.get())?.values ?? [];
  const routes = new Set(values.map(({ labels }) => labels.route));
  expect([...routes].sort()).toEqual(["/healthz", "/v1/payments", "/v1/payments/:id", "unmatched"]);
});

test.each([
  ["/v1/payments/pay_01k9xzzzzzzzzzzzzzzzzzzzzz", "/v1/payments/pay_01k9xzzzzzzzzzzzzzzzzzzzzz"],
  ["/a%20b%zz", "/a%20b%zz"],
  ["/4242424242424242", "/[redacted]"],
  ["/4242%204242%204242%204242", "/[redacted]"],
  ["/%34242424242424242", "/[redacted]"],
  ["/sk_test_abc", "/[redacted]"],
  ["/sk%5Flive%5Fabc", "/[redacted]"],
  [`/${"x".repeat(300)}4242424242424242`, "/[redacted]"],
  [`/${"a".repeat(300)}`, `/${"a".repeat(199)}`],
])("the path %s is logged as %s", (path, logged) => {
  expect(loggablePath(path)).toBe(logged);
});
