import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { readAnswer } from "./plain-connection.ts";
import { sendPaced } from "./send-paced.ts";

let server: Server;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** @param statuses answered in turn, and the last one from then on; 0 cuts the connection */
async function serve(...statuses: number[]) {
  const seen: { key: string; body: string }[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    seen.push({ key: String(request.headers["idempotency-key"]), body });
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (!status) return void request.socket.destroy();
    response.writeHead(status, { "Content-Length": 2, ...(status === 503 && { "Retry-After": "1" }) }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = (ratePerSecond: number, maxConnections: number) =>
    sendPaced({
      kind: "paced",
      target: { url, secretKey: "sk_test_1" },
      keyPrefix: "order",
      ratePerSecond,
      seconds: 0.2,
      maxConnections,
    });
  return { seen, send };
}

test("sends as many as are due, each another payment", async () => {
  const { seen, send } = await serve(202);
  const report = await send(100, 50);
  expect(report).toMatchObject({ answers: { 202: 20 }, errors: {}, unsent: 0, silentRefusals: 0 });
  expect(new Set(seen.map(({ key }) => key)).size).toBe(20);
  expect(new Set(seen.map(({ body }) => JSON.parse(body).order_reference)).size).toBe(20);
});

test("counts answers by status, and those that are cut off by what became of them", async () => {
  const { send } = await serve(503, 0, 500, 202);
  const { answers, errors, silentRefusals } = await send(100, 50);
  expect(answers).toEqual({ 202: 17, 500: 1, 503: 1 });
  expect(Object.values(errors)).toEqual([1]);
  expect(silentRefusals).toBe(0);
});

test("does not send what finds every connection in use, and says how many that were", async () => {
  server = createServer((_request, response) => {
    // Longer than the whole run.
    setTimeout(() => response.writeHead(202, { "Content-Length": 0 }).end(), 400);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target = { url, secretKey: "sk_test_1" };
  const order = { target, keyPrefix: "order", ratePerSecond: 100, seconds: 0.2, maxConnections: 3 };
  expect(await sendPaced({ kind: "paced", ...order })).toMatchObject({ answers: { 202: 3 }, unsent: 17 });
});

test("opens its connections before it sends, where asked to", async () => {
  const paths: string[] = [];
  server = createServer((request, response) => {
    paths.push(request.url ?? "");
    response.writeHead(202, { "Content-Length": 0 }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secretKey: "sk_test_1" };
  const order = { target, keyPrefix: "order", ratePerSecond: 100, seconds: 0.1, maxConnections: 60, opensFirst: true };
  expect(await sendPaced({ kind: "paced", ...order })).toMatchObject({ answers: { 202: 10 }, unsent: 0 });
  expect(paths.slice(0, 60)).toEqual(Array(60).fill("/healthz"));
  expect(paths).toHaveLength(70);
});

test("an answer is read once it is whole", () => {
  const whole = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 5\r\n\r\nhello";
  for (let length = 0; length < whole.length; length++) expect(readAnswer(whole.slice(0, length))).toBeUndefined();
  expect(readAnswer(whole)).toEqual({ status: 503, hasRetryAfter: true });
  expect(readAnswer("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")).toEqual({
    status: 202,
    hasRetryAfter: false,
  });
});
