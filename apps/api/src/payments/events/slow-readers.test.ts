import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "@jest/globals";
import { startTestApi, type TestApi, until, VALID } from "../../test-api.ts";
import { attempt } from "../../test-life.ts";
import { openSocket, readToEnd } from "../../test-socket.ts";

const EVENTS = 3_000;
/** Of an event, about: with so many of them, more than the two ends of a connection take by themselves. */
const EVENT_BYTES = 8_000;
let api: TestApi;
afterEach(() => api.stop());

/** A payment with far more events than any has, and a client that listens to it and reads nothing. */
async function listenWithoutReading(stallMs?: number) {
  api = await startTestApi({ events: stallMs ? { limits: { stallMs } } : {} });
  const metadata = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`key-${i}`, "x".repeat(500)]));
  const { id } = (await api.post({ ...VALID, metadata })).body;
  await api.db.pool.query(
    "INSERT INTO timeline (payment_id, version, kind) SELECT $1, n, 'charging' FROM generate_series(2, $2::int) n",
    [id, EVENTS],
  );
  await api.db.pool.query("UPDATE payments SET version = $2 WHERE id = $1", [id, EVENTS]);

  const answers: ServerResponse[] = [];
  api.server.on("request", (_request, response) => answers.push(response));
  const socket = await openSocket(api.port);
  socket.pause();
  socket.write(
    `GET /v1/payments/${id}/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/event-stream\r\nAuthorization: ${api.authorization}\r\n\r\n`,
  );
  await until(() => (answers[0]?.writableLength ?? 0) > EVENT_BYTES, 20_000);
  return { id, socket, answer: answers[0] as ServerResponse };
}

test("a client that does not read is cut off, and what it does not read is not kept for it", async () => {
  const { answer, socket } = await listenWithoutReading(500);
  let mostWaiting = 0;
  await until(() => {
    mostWaiting = Math.max(mostWaiting, answer.writableLength);
    return api.live.count() === 0;
  }, 20_000);
  // Of the 24 MB that there are for it.
  expect(mostWaiting).toBeLessThan(20 * EVENT_BYTES);
  expect(answer.destroyed).toBe(true);
  const ends = await api.registry.getSingleMetric("payonce_event_listeners_ended_total")?.get();
  expect(ends?.values.map(({ labels, value }) => [labels.reason, value])).toEqual([["not_reading", 1]]);
  socket.destroy();
});

test("a client that reads late gets all, each once and in order", async () => {
  const { id, socket } = await listenWithoutReading();
  await attempt(api.db, id, "succeeded");
  const received = await readToEnd(socket.resume());
  const ids = [...received.matchAll(/^id: (\d+)$/gm)].map(([, eventId]) => Number(eventId));
  // The last attempt: its claim, the object that was stored, of which nobody is told, and its end.
  expect(ids).toEqual([...Array.from({ length: EVENTS + 1 }, (_, i) => i + 1), EVENTS + 3]);
});
