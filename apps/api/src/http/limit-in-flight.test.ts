import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { countRows, expectProblem, startTestApi, type TestApi, until, VALID } from "../test-api.ts";
import { openSocket, parseAnswer, readToEnd } from "../test-socket.ts";

const MAX = 5;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ maxRequestsInFlight: MAX });
});
afterAll(() => api.stop());

const inFlight = async () =>
  (await api.registry.getSingleMetric("payonce_http_requests_in_flight")?.get())?.values[0]?.value;
const get = (key: string) => `GET /v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`;

/** Takes all places, with requests whose bodies do not come. */
async function takeAllPlaces() {
  const head = `POST /v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.authorization}\r\nContent-Type: application/json`;
  const sockets = await Promise.all(Array.from({ length: MAX }, () => openSocket(api.port)));
  for (const socket of sockets) socket.write(`${head}\r\nContent-Length: 1000\r\n\r\n{`);
  await until(async () => (await inFlight()) === MAX);
  return sockets;
}

test("more requests at once than the limit are told to come back, and are not carried out", async () => {
  const sockets = await takeAllPlaces();
  const answer = await api.post();
  expect(expectProblem(answer, 503, "busy").retryable).toBe(true);
  expect(answer.headers["retry-after"]).toBe("1");
  expect((await countRows(api.db)).payments).toBe(0);
  for (const socket of sockets) socket.destroy();
  await until(async () => (await inFlight()) === 0);
  expect((await api.post()).status).toBe(202);
});

test("whether it lives and is ready can be asked also when all places are taken", async () => {
  const sockets = await takeAllPlaces();
  expect((await api.get("/healthz")).status).toBe(200);
  expect((await api.get("/readyz")).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(async () => (await inFlight()) === 0);
});

test("a place is free again after every kind of end", async () => {
  await api.post();
  await api.post({});
  await api.get("/nowhere");
  await api.get("/v1/payments/%");
  await api.get("/v1/payments", { authorization: "Bearer x" });
  const socket = await openSocket(api.port);
  socket.write(get(api.secretKey));
  socket.destroy();
  await until(async () => (await inFlight()) === 0);
});

test("a client that sends requests without waiting, and goes away, leaves no place taken", async () => {
  for (let round = 0; round < 20; round++) {
    const socket = await openSocket(api.port);
    // The key is unknown, so anybody can do this; it is looked up, so the answers are not there yet when the client goes.
    socket.write(get("sk_test_x").repeat(MAX));
    await until(async () => ((await inFlight()) ?? 0) > 0 || socket.bytesRead > 0);
    socket.destroy();
  }
  await until(async () => (await inFlight()) === 0);
  expect((await api.get("/v1/payments")).status).toBe(200);
});

test("requests sent without waiting are answered in their order", async () => {
  const socket = await openSocket(api.port);
  const post = (amount: number) => {
    const body = JSON.stringify({ ...VALID, amount });
    return [
      "POST /v1/payments HTTP/1.1",
      "Host: x",
      `Authorization: ${api.authorization}`,
      `Idempotency-Key: ${randomUUID()}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
  };
  socket.write(post(101) + post(0) + post(102) + get("x").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  const received = await readToEnd(socket);
  expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(["202", "422", "202", "401"].map((status) => `HTTP/1.1 ${status}`));
  expect(received.match(/"amount":\d+/g)).toEqual(['"amount":101', '"amount":102']);
});

test("garbage behind a whole request is not taken for its answer", async () => {
  const socket = await openSocket(api.port);
  socket.write(`${get(api.secretKey)}garbage\r\n\r\n`);
  const received = await readToEnd(socket);
  // Cut off without an answer, or with the right one: never with a 400 in its place.
  if (received) expect(parseAnswer(received).status).toBe(200);
});
