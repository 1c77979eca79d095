import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request from "supertest";
import { countRows, expectProblem, startTestApi, type TestApi, until, VALID } from "../test-api.ts";
import { openSocket, parseAnswer, readAnswer, readToEnd, sendRaw } from "../test-socket.ts";

const CARD = "4242424242424242";
const limits = { headersTimeoutMs: 400, requestTimeoutMs: 600, checkEveryMs: 50 };

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ limits });
});
afterAll(async () => {
  expect(await countRows(api.db)).toEqual({ payments: 0, outbox: 0, timeline: 0 });
  expect(api.lines.filter((line) => /4242|"status":5|"level":[45]/.test(line))).toEqual([]);
});
afterAll(() => api.stop());

const body = JSON.stringify(VALID);
const countConnections = () => new Promise<number>((resolve) => api.server.getConnections((_error, n) => resolve(n)));
const inFlight = async () =>
  (await api.registry.getSingleMetric("payonce_http_requests_in_flight")?.get())?.values[0]?.value;
/** A request as text; `headers` are whole lines. */
const http = (line: string, headers: string[] = [], content = "") =>
  [`${line} HTTP/1.1`, "Host: x", `Authorization: ${api.authorization}`, ...headers, "", content].join("\r\n");
const post = (headers: string[], content = body) =>
  http("POST /v1/payments", ["Connection: close", "Content-Type: application/json", ...headers], content);

describe("a path", () => {
  test.each([
    "/",
    "/v1",
    "/v1/",
    "/v2/payments",
    "/v1/Payments",
    "/V1/payments",
    "//v1/payments",
    "/v1//payments",
    "/v1/payments/a/b",
    "/v1/payments/../../etc/passwd",
    "/v1/payments%2fa",
    "/.env",
    "/healthz/x",
    "/metrics",
    "/%00",
    "/%",
    `/${"a".repeat(8_000)}`,
  ])("that leads nowhere is 404: %.60s", async (path) => {
    const answer = parseAnswer(await sendRaw(api.port, http(`GET ${path}`, ["Connection: close"])));
    const problem = expectProblem(answer, 404, "route_not_found");
    expect(problem.instance).toBe(path.slice(0, 200));
  });

  test.each(["%", "%E0%A4%A", "%zz", "%ff"])("with malformed percent-encoding is 400: %s", async (id) => {
    expectProblem(await api.get(`/v1/payments/${id}`), 400, "malformed_request");
  });

  test.each([
    CARD,
    "4242-4242-4242-4242",
    "4242%204242%204242%204242",
    "%34242424242424242",
    "%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32",
  ])("with a card number in it is not repeated: %s", async (id) => {
    for (const path of [`/v1/payments/${id}`, `/${id}`, `/v1/payments/${id}/x`]) {
      const answer = await api.get(path);
      expect(answer.status).toBe(404);
      expect(answer.body.instance).toBe("/[redacted]");
      expect(answer.text).not.toMatch(/4242|%34/);
    }
  });

  test("is found in a target of absolute form", async () => {
    const answer = parseAnswer(await sendRaw(api.port, http("GET http://x/v1/payments", ["Connection: close"])));
    expect([answer.status, JSON.parse(answer.text).object]).toEqual([200, "list"]);
  });

  test.each(["GET *", "OPTIONS *", "GET a://", "GET http://x", "GET http://x?a", "GET /?", "GET /#a", "GET /\\..\\"])(
    "may be of any form without our falling over: %s",
    async (line) => {
      expectProblem(parseAnswer(await sendRaw(api.port, http(line, ["Connection: close"]))), 404, "route_not_found");
    },
  );
});

describe("a method", () => {
  test.each([
    ["PUT", "/v1/payments", "GET, HEAD, POST"],
    ["PATCH", "/v1/payments", "GET, HEAD, POST"],
    ["DELETE", "/v1/payments/", "GET, HEAD, POST"],
    ["OPTIONS", "/v1/payments", "GET, HEAD, POST"],
    ["TRACE", "/v1/payments", "GET, HEAD, POST"],
    ["PROPFIND", "/v1/payments", "GET, HEAD, POST"],
    ["POST", "/v1/payments/pay_1", "GET, HEAD"],
    ["DELETE", "/v1/payments/pay_1", "GET, HEAD"],
    ["OPTIONS", "/v1/payments/pay_1", "GET, HEAD"],
    ["POST", "/healthz", "GET, HEAD"],
    ["DELETE", "/readyz", "GET, HEAD"],
  ])("that a path does not take is 405: %s %s", async (method, path, allow) => {
    const answer = parseAnswer(await sendRaw(api.port, http(`${method} ${path}`, ["Connection: close"])));
    expectProblem(answer, 405, "method_not_allowed");
    expect(answer.headers.allow).toBe(allow);
  });

  test.each(["FOO /", "get /v1/payments", "CARD4242424242424242 /"])("that nobody knows is 400: %s", async (line) => {
    expectProblem(parseAnswer(await sendRaw(api.port, http(line))), 400, "malformed_request");
  });
});

describe("what is not HTTP is answered 400 and hung up on", () => {
  test.each<[what: string, bytes: string | Buffer]>([
    ["noise", Buffer.from([0, 1, 2, 250, 251, 252, 13, 10, 13, 10])],
    ["a TLS hello", Buffer.from([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3])],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["HTTP/9.9", "GET / HTTP/9.9\r\n\r\n"],
    ["another protocol", "EHLO example.com\r\n"],
    ["a header without a colon", "GET / HTTP/1.1\r\nHost x\r\n\r\n"],
    ["a header with a blank in its name", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"],
    ["a folded header", "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n"],
    ["NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nA: a\0b\r\n\r\n"],
    ["a lone line feed in a header", "GET / HTTP/1.1\r\nHost: x\r\nA: a\nb\r\n\r\n"],
    ["a blank in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"],
    ["a negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"],
    ["a length that overflows", `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${"9".repeat(40)}\r\n\r\n`],
    ["a length that is no number", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n"],
    [
      "a length as well as chunks, as in request smuggling",
      "POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
    ],
    [
      "a transfer encoding after chunked",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
    ],
  ])("%s", async (_what, bytes) => {
    const answer = parseAnswer(await sendRaw(api.port, bytes));
    expectProblem(answer, 400, "malformed_request");
    expect(answer.headers.connection).toBe("close");
  });

  test("chunks that are none, in the middle of a body", async () => {
    const answer = await sendRaw(
      api.port,
      post(["Idempotency-Key: key-1", "Transfer-Encoding: chunked"], "zz\r\n{}\r\n"),
    );
    expectProblem(parseAnswer(answer), 400, "malformed_request");
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test("headers beyond 16 kB, as 431", async () => {
    const big = http("GET /", [`A: ${"a".repeat(20_000)}`]);
    expectProblem(parseAnswer(await sendRaw(api.port, big)), 431, "headers_too_large");
  });

  test("is logged under the id that the client was given", async () => {
    const answer = parseAnswer(await sendRaw(api.port, "EHLO example.com\r\n"));
    const line = api.lines.find((one) => one.includes(answer.headers["request-id"] ?? "none"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ msg: "unreadable request", status: 400 });
  });

  test("even when the client leaves its side open", async () => {
    const socket = connect({ port: api.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.write("GET / HTTP/1.1\r\n");
    expectProblem(await readAnswer(socket), 408, "request_timeout");
    await until(async () => (await countConnections()) === 0);
    socket.destroy();
  });
});

describe("headers", () => {
  test("without Host are 400", async () => {
    const answer = await sendRaw(api.port, "GET /v1/payments HTTP/1.1\r\nConnection: close\r\n\r\n");
    expectProblem(parseAnswer(answer), 400, "malformed_request", "Host");
  });

  test("of a POST that announce no body are 400", async () => {
    const answer = await sendRaw(api.port, http("POST /v1/payments", ["Connection: close"]));
    expectProblem(parseAnswer(answer), 400, "malformed_json");
  });

  test("without Host are fine in HTTP/1.0", async () => {
    const answer = await sendRaw(api.port, "GET /healthz HTTP/1.0\r\n\r\n");
    expect(parseAnswer(answer).status).toBe(200);
  });

  test("with an unknown expectation are read as if it were not there", async () => {
    const answer = await sendRaw(
      api.port,
      post(["Expect: miracles", "Idempotency-Key: key-1", "Content-Length: 2"], "{}"),
    );
    expectProblem(parseAnswer(answer), 422, "field_invalid", "amount");
  });

  test("that ask for an upgrade are answered in HTTP", async () => {
    const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    const socket = await openSocket(api.port);
    socket.write(http("GET /v1/payments", upgrade));
    expect((await readAnswer(socket)).status).toBe(200);
    socket.destroy();
  });

  test("with the idempotency key on two lines are 400", async () => {
    const headers = ["Idempotency-Key: a", "Idempotency-Key: b", `Content-Length: ${body.length}`];
    const answer = parseAnswer(await sendRaw(api.port, post(headers)));
    expectProblem(answer, 400, "idempotency_key_invalid", "Idempotency-Key");
  });

  test("with two API keys are 401: who asks is not to be guessed", async () => {
    const answer = await sendRaw(
      api.port,
      http("GET /v1/payments", ["Authorization: Bearer sk_test_2", "Connection: close"]),
    );
    expectProblem(parseAnswer(answer), 401, "api_key_invalid", "Authorization");
  });

  test("by the thousand are no reason to fall over", async () => {
    const many = Array.from({ length: 1_500 }, (_, i) => `a${i}: b`);
    const answer = await sendRaw(api.port, http("GET /v1/payments", [...many, "Connection: close"]));
    expect([200, 431]).toContain(parseAnswer(answer).status);
  });
});

describe("a slow client is hung up on", () => {
  test("when it sends nothing", async () => {
    const answer = parseAnswer(await readToEnd(await openSocket(api.port)));
    expect(expectProblem(answer, 408, "request_timeout").retryable).toBe(true);
  });

  test("when it drips its headers", async () => {
    const socket = await openSocket(api.port);
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
    const drip = setInterval(() => socket.write("A: b\r\n"), 50);
    const answer = parseAnswer(await readToEnd(socket));
    clearInterval(drip);
    expectProblem(answer, 408, "request_timeout");
  });

  test("when it drips its body, and nothing was done", async () => {
    const socket = await openSocket(api.port);
    socket.write(post(["Idempotency-Key: key-1", "Content-Length: 1000"], '{"amount":'));
    const drip = setInterval(() => socket.write(" "), 50);
    const received = await readToEnd(socket);
    clearInterval(drip);
    expectProblem(parseAnswer(received), 408, "request_timeout");
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test("when its body is too large and never ends", async () => {
    const socket = await openSocket(api.port);
    socket.write(post(["Idempotency-Key: key-1", "Transfer-Encoding: chunked"], ""));
    const pour = setInterval(() => socket.write(`800\r\n${" ".repeat(0x800)}\r\n`), 5);
    const { status } = parseAnswer(await readToEnd(socket));
    clearInterval(pour);
    expect([408, 413]).toContain(status);
  });
});

test.each<["destroy" | "end"]>([["destroy"], ["end"]])(
  "a client that goes away in mid-body (%s) is no fault of ours or the database's",
  async (goAway) => {
    await until(async () => (await inFlight()) === 0);
    const before = api.lines.length;
    const socket = await openSocket(api.port);
    socket.write(post(["Idempotency-Key: key-1", "Content-Length: 1000"], '{"amount":'));
    await until(async () => (await inFlight()) === 1);
    socket[goAway]();
    await until(async () => (await inFlight()) === 0);
    const lines = api.lines.slice(before).map((line) => JSON.parse(line));
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set([30]));
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(1);
    expect([400, 499]).toContain(lines.find(({ msg }) => msg === "request").status);
  },
);

test("HEAD is answered like GET, without the body", async () => {
  const answer = await request(api.url).head("/v1/payments").set({ authorization: api.authorization });
  expect([answer.status, answer.text]).toEqual([200, undefined]);
  const refused = await request(api.url).head("/v1/payments");
  expect(refused.status).toBe(401);
  expect(refused.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
});
