import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "@jest/globals";
import { closeServer } from "@payonce/http";
import { startTestApi, until } from "./test-api.ts";
import { openSocket, readAnswer } from "./test-socket.ts";

test("what is in flight is answered, long polls end, and nobody new is let in", async () => {
  const api = await startTestApi();
  const { id } = (await api.post()).body;
  const waiting = api.get(`/v1/payments/${id}?wait=60`).then((answer) => answer);
  await until(() => api.waiters.count() === 1);
  // A payment in the middle of being stored: the table is held until it waits for it.
  const blocker = await api.db.pool.connect();
  await blocker.query("BEGIN");
  await blocker.query("LOCK TABLE payments IN EXCLUSIVE MODE");
  const paying = api.post().then((answer) => answer);
  await until(async () => {
    const { rows } = await blocker.query("SELECT 1 FROM pg_locks WHERE NOT granted");
    return rows.length > 0;
  });

  const stopping = api.stop();
  expect((await waiting).body).toMatchObject({ id, status: "queued" });
  const late = connect(api.port, "127.0.0.1");
  const [error] = await once(late, "error");
  expect(error.code).toBe("ECONNREFUSED");
  await blocker.query("ROLLBACK");
  blocker.release();
  expect((await paying).status).toBe(202);
  await stopping;
});

test("idle connections are closed at once, and busy ones after their answer", async () => {
  const api = await startTestApi();
  const socket = await openSocket(api.port);
  const get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  socket.write(get);
  expect((await readAnswer(socket)).headers.connection).toBe("keep-alive");
  // Half a request: not idle, so it may be finished.
  socket.write(get.slice(0, 20));
  await until(() => socket.bytesWritten > get.length);
  const begin = performance.now();
  const stopping = api.stop();
  socket.write(get.slice(20));
  const last = await readAnswer(socket).catch(() => null);
  if (last?.status) expect(last.headers.connection).toBe("close");
  await stopping;
  expect(performance.now() - begin).toBeLessThan(3_000);
});

test("a client that never finishes its request cannot hold up the end", async () => {
  const api = await startTestApi();
  const socket = await openSocket(api.port);
  socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n");
  const drip = setInterval(() => socket.write("A: b\r\n"), 20);
  await until(() => socket.bytesWritten > 60);
  let isClosed = false;
  void closeServer(api.server, 200).then(() => {
    isClosed = true;
  });
  try {
    await until(() => isClosed, 2_000);
  } finally {
    clearInterval(drip);
    socket.destroy();
    await api.stop();
  }
});
