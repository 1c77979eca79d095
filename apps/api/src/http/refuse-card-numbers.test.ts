import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request from "supertest";
import { countRows, expectProblem, startTestApi, type TestApi, VALID } from "../test-api.ts";

const CARD = "4242424242424242";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  expect(await countRows(api.db)).toEqual({ payments: 0, outbox: 0, timeline: 0 });
  expect(api.lines.filter((line) => line.includes("4242"))).toEqual([]);
});
afterAll(() => api.stop());

describe("a card number in the query is refused and not repeated", () => {
  test.each([
    ["as a value", `note=${CARD}`, "note"],
    ["as a name", `${CARD}=1`, "[redacted]"],
    ["alone", CARD, "[redacted]"],
    ["with blanks", "note=4242+4242+4242+4242", "note"],
    ["encoded", "note=4242%204242%2D4242%2042424242", "note"],
    ["digit by digit", `note=${[...CARD].map((digit) => `%3${digit}`).join("")}`, "note"],
    ["after another", `limit=1&note=${CARD}`, "note"],
    ["behind a second question mark", `a=?${CARD}`, "a"],
  ])("%s", async (_what, query, param) => {
    const answers = await Promise.all([
      request(api.url).post(`/v1/payments?${query}`).set("Idempotency-Key", "k").send(VALID),
      api.get(`/v1/payments?${query}`),
      api.get(`/v1/payments/pay_1?${query}`),
      request(api.url).get(`/nowhere?${query}`),
    ]);
    for (const answer of answers) {
      expectProblem(answer, 400, "parameter_invalid", param);
      expect(answer.text).not.toContain("4242");
    }
  });
});

test.each(["User-Agent", "Payonce-Client-Secret", "If-None-Match", "Last-Event-ID"])(
  "a card number in the header %s is refused and not repeated",
  async (name) => {
    const answer = await api.post(VALID, { [name]: `a 4242 4242 4242 4242` });
    expectProblem(answer, 400, "malformed_request", name);
    expect(answer.text).not.toContain("4242");
  },
);

test("one in a path leads nowhere, and is not repeated", async () => {
  for (const path of [`/v1/payments/${CARD}`, `/v1/payments/4242%204242%204242%204242/events`, `/${CARD}`]) {
    const answer = await api.get(path);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain("4242");
  }
});

test("a number that a proxy or a tracer has made up is nobody's card", async () => {
  const answer = await api.get("/v1/payments", {
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-4242424242424242-01",
    "X-Datadog-Trace-Id": CARD,
    "X-Request-Id": CARD,
  });
  expect(answer.status).toBe(200);
});
