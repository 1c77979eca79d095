import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import express, { type Response } from "express";
import { until } from "../../test-api.ts";
import { openSocket } from "../../test-socket.ts";
import { LISTENER_LIMITS, openListener } from "./listener.ts";

const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** An answer to a client that reads nothing. */
async function answerNobodyReads(): Promise<Response> {
  let answer: Response | undefined;
  const server = express()
    .get("/", (_request, response) => {
      answer = response;
      response.flushHeaders();
    })
    .listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const socket = await openSocket((server.address() as AddressInfo).port);
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => answer !== undefined);
  return answer as Response;
}

test("a stream that has ended is not kept open by a client that does not take the rest of it", async () => {
  const response = await answerNobodyReads();
  const ends: string[] = [];
  const listener = openListener(
    response,
    0,
    { ...LISTENER_LIMITS, stallMs: 100 },
    { onReady: () => {}, onEnd: (reason) => ends.push(reason) },
  );
  // Until the connection takes no more; what waits then is less than makes a listener count as one that does not read.
  let filled = -1;
  while (response.writableLength === 0 || response.writableLength !== filled) {
    filled = response.writableLength;
    if (filled === 0) response.write("x".repeat(1_024));
    await new Promise((resolve) => setImmediate(resolve));
  }
  listener.end("max_age");
  expect([response.destroyed, response.writableFinished]).toEqual([false, false]);
  await until(() => response.destroyed);
  expect(ends).toEqual(["max_age"]);
});

test("nothing is written for a client that has gone", async () => {
  const response = await answerNobodyReads();
  const ends: string[] = [];
  const listener = openListener(
    response,
    0,
    { ...LISTENER_LIMITS, heartbeatMs: 0 },
    {
      onReady: () => {},
      onEnd: (reason) => ends.push(reason),
    },
  );
  response.socket?.destroy();
  await until(() => ends.length > 0);
  listener.tend(performance.now() + 1_000);
  listener.end("shutdown");
  expect([ends, listener.position()]).toEqual([["client"], null]);
});
