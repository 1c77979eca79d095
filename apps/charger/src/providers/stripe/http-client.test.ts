import diagnostics from "node:diagnostics_channel";
import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import tls from "node:tls";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { BoundedHttpClient, MAX_ANSWER_BYTES, ProviderCallError } from "./http-client.ts";
import { httpAnswer, json, raw, type Script, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

/** Never met, so that a busy machine makes no timeout of another failure. */
const DEADLINE_MS = 20_000;
const SHORT_DEADLINE_MS = 400;
const BODY = "error_on_requires_action=true";

let client: BoundedHttpClient;
let server: ScriptedServer;

beforeEach(async () => {
  client = new BoundedHttpClient(DEADLINE_MS);
  server = await startScriptedServer(json(200, { ok: true }));
});
afterEach(async () => {
  client.close();
  await server.close();
});

async function send(to: { host?: string; port?: number; protocol?: "http" | "https"; body?: string } = {}) {
  const { host = "127.0.0.1", port = server.port, protocol = "http", body = BODY } = to;
  const headers = { "Content-Length": String(Buffer.byteLength(body)) };
  const answer = await client.makeRequest(host, String(port), "/v1/x", "POST", headers, body, protocol, 80_000);
  return { status: answer.getStatusCode(), value: await answer.toJSON() };
}

/** How a call fails. */
const failure = async (to?: Parameters<typeof send>[0]): Promise<ProviderCallError> => {
  const error = await send(to).then(
    ({ status }) => new Error(`there was an answer: ${status}`),
    (reason: Error) => reason,
  );
  if (error instanceof ProviderCallError) return error;
  throw error;
};

function hurry() {
  client = new BoundedHttpClient(SHORT_DEADLINE_MS);
}

/** Writes something every few milliseconds, for as long as somebody listens. */
const drip =
  (start: string, drop: string): Script =>
  (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(drop), 10);
    socket.on("close", () => clearInterval(timer));
  };

describe("a call that never left", () => {
  test("is told so when the connection is refused", async () => {
    const gone = net.createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    expect(await failure({ port })).toMatchObject({ reason: "econnrefused", wasSent: false });
  });

  test("is told so when the name is not known", async () => {
    hurry();
    const error = await failure({ host: "nonexistent.invalid" });
    // Without any name server there is only silence.
    expect(["enotfound", "eai_again", "timeout"]).toContain(error.reason);
    expect(error.wasSent).toBe(false);
  });

  test("is told so when the other side does not speak TLS", async () => {
    server.onConnection((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const error = await failure({ protocol: "https" });
    expect(error.wasSent).toBe(false);
    expect(server.requests).toEqual([]);
  });

  test("is told so when the handshake takes longer than the deadline", async () => {
    hurry();
    server.play(() => {});
    expect(await failure({ protocol: "https" })).toMatchObject({ reason: "timeout", wasSent: false });
    await server.released();
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("is told so when the certificate is nobody's (%s)", async (version) => {
    let bytesRead = 0;
    const options = { key: KEY, cert: CERTIFICATE, minVersion: version, maxVersion: version };
    const impostor = tls.createServer(options, (socket) => {
      socket.on("data", (chunk) => {
        bytesRead += chunk.length;
      });
      socket.on("error", () => {});
    });
    impostor.listen(0, "127.0.0.1");
    await once(impostor, "listening");
    const { port } = impostor.address() as AddressInfo;
    const error = await failure({ port, protocol: "https" });
    expect(error).toMatchObject({ reason: "depth_zero_self_signed_cert", wasSent: false });
    await new Promise((resolve) => impostor.close(resolve));
    expect(bytesRead).toBe(0);
  });
});

describe("a call that was sent has an unknown outcome", () => {
  const CUT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
  const CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n";

  test.each<[string, Script, string]>([
    ["there is silence", () => {}, "timeout"],
    ["the head is followed by silence", raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), "timeout"],
    ["the head drips in, never idle", drip("HTTP/1.1 200 OK\r\nX: ", "x"), "timeout"],
    ["the body drips in, never idle", drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", " "), "timeout"],
    ["chunks never end", drip(CHUNK, "1\r\n \r\n"), "timeout"],
    ["interim answers never end", drip("", "HTTP/1.1 103 Early Hints\r\n\r\n"), "timeout"],
    ["the connection is reset after reading", (socket) => socket.resetAndDestroy(), "econnreset"],
    ["the connection is closed without an answer", (socket) => socket.end(), "econnreset"],
    ["the connection is closed within the head", (socket) => socket.end("HTTP/1.1 200 OK\r\nCont"), "econnreset"],
    ["the body is cut off", (socket) => socket.end(CUT), "answer_broken_off"],
    ["the last chunk is missing", (socket) => socket.end(CHUNK), "answer_broken_off"],
    ["a chunk is garbled", raw(`${CHUNK}zz\r\n`), "hpe_invalid_chunk_size"],
    ["the other side does not speak HTTP", raw("SSH-2.0-OpenSSH_9.2\r\n"), "hpe_invalid_constant"],
    ["the head is too large", raw(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\n\r\n`), "hpe_header_overflow"],
    [
      "another protocol is offered",
      raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"),
      "timeout",
    ],
  ])("when %s", async (_title, script, reason) => {
    if (reason === "timeout") hurry();
    server.play(script);
    expect(await failure()).toMatchObject({ reason, wasSent: true });
    // The connection is let go, so no late answer is taken for the next call's.
    await server.released();
    expect(server.requests).toHaveLength(1);
  });

  test("when a reset follows a part of the answer", async () => {
    server.play((socket) => socket.write(CUT, () => socket.resetAndDestroy()));
    const error = await failure();
    expect(error.wasSent).toBe(true);
    // Some systems drop what came before a reset.
    expect(["answer_broken_off", "econnreset"]).toContain(error.reason);
  });

  test.each([
    ["its length is announced", `HTTP/1.1 200 OK\r\nContent-Length: ${64 * MAX_ANSWER_BYTES}\r\n\r\n`],
    ["its length is not known", "HTTP/1.1 200 OK\r\n\r\n"],
  ])("when the answer is too large, and hardly more than the limit is read where %s", async (_title, head) => {
    server.play((socket) => {
      socket.write(head);
      const more = () => {
        while (!socket.destroyed && socket.bytesWritten < 64 * MAX_ANSWER_BYTES && socket.write(" ".repeat(65_536)));
      };
      socket.on("drain", more);
      more();
    });
    // The kernel's buffers take some megabytes more than we read.
    const [socket] = await Promise.all([takeSocket(), failure()]);
    await server.released();
    expect(socket.bytesWritten).toBeLessThan(32 * MAX_ANSWER_BYTES);
    expect(await failure()).toMatchObject({ reason: "answer_too_large", wasSent: true });
  });

  test("when the client is closed meanwhile", async () => {
    const asked = new Promise<void>((resolve) => server.play(() => resolve()));
    const call = failure();
    await asked;
    client.close();
    expect(await call).toMatchObject({ reason: "econnreset", wasSent: true });
    await server.released();
  });
});

const takeSocket = () => new Promise<Socket>((resolve) => server.onConnection(resolve));

describe("an answer", () => {
  test("is read after interim answers", async () => {
    server.play(raw(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${httpAnswer(200, '{"a":1}')}`));
    expect(await send()).toEqual({ status: 200, value: { a: 1 } });
  });

  test("is read up to the limit", async () => {
    const body = JSON.stringify({ a: "x".repeat(MAX_ANSWER_BYTES - 8) });
    server.play(raw(httpAnswer(200, body)));
    expect(Object.keys((await send()).value)).toEqual(["a"]);
  });

  test("is read in pieces that split characters", async () => {
    const bytes = Buffer.from(httpAnswer(200, '{"a":"€"}'));
    server.play((socket) => {
      socket.setNoDelay();
      let sent = 0;
      const timer = setInterval(() => {
        socket.write(bytes.subarray(sent, ++sent));
        if (sent === bytes.length) clearInterval(timer);
      }, 1);
    });
    expect(await send()).toEqual({ status: 200, value: { a: "€" } });
  });

  test("is not followed elsewhere", async () => {
    server.play(json(307, { a: 1 }, { Location: `${server.url}/v1/other` }));
    expect(await send()).toEqual({ status: 307, value: { a: 1 } });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["nothing", ""],
    ["a page", "<html>Bad gateway</html>"],
    ["half of an object", '{"id":"pi_1",'],
    ["null", "null"],
    ["a number", "7"],
    ["a string", '"pi_1"'],
    ["an error that is a word", '{"error":"card_error"}'],
    ["an error that is a number", '{"error":1}'],
    ["an error that is a flag", '{"id":"pi_1","error":false}'],
  ])("of %s keeps its status and says nothing", async (_title, body) => {
    server.play(raw(httpAnswer(503, body)));
    expect(await send()).toEqual({ status: 503, value: {} });
  });

  test("that comes twice answers one call", async () => {
    server.play((socket, request) => {
      const mine = httpAnswer(200, JSON.stringify({ for: request.connection }));
      socket.write(server.requests.length === 1 ? mine + httpAnswer(200, '{"for":"nobody"}') : mine);
    });
    expect((await send()).value).toEqual({ for: 1 });
    expect((await send()).value).not.toEqual({ for: "nobody" });
  });
});

describe("a connection", () => {
  test("is kept for later calls, and collects no listeners on the way", async () => {
    const sockets: Socket[] = [];
    const keep = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
    diagnostics.subscribe("net.client.socket", keep);
    await send();
    diagnostics.unsubscribe("net.client.socket", keep);
    const [socket] = sockets;
    const listeners = () => socket?.eventNames().map((name) => [name, socket.listenerCount(name)]);
    await send();
    const before = listeners();
    for (let i = 0; i < 30; i++) await send();
    expect(server.connections()).toBe(1);
    expect(listeners()).toEqual(before);
  });

  test("that the server closes just as a call takes it: the call was sent, once", async () => {
    await send();
    // Nobody has been told of the reset when the call picks the connection.
    for (const socket of server.open()) socket.resetAndDestroy();
    const error = await failure();
    expect(error.wasSent).toBe(true);
    expect(["econnreset", "epipe"]).toContain(error.reason);
    expect(server.connections()).toBe(1);
  });

  test("that the server resets on its second call: that call was sent, once", async () => {
    await send();
    server.play((socket) => socket.resetAndDestroy());
    expect(await failure()).toMatchObject({ reason: "econnreset", wasSent: true });
    expect(server.requests).toHaveLength(2);
  });

  test("is there for each of many calls at once: none waits for another, its deadline running", async () => {
    const waiting: Socket[] = [];
    server.play((socket) => {
      waiting.push(socket);
      if (waiting.length === 300) for (const each of waiting) each.write(httpAnswer(200, "{}"));
    });
    expect(await Promise.all(Array.from({ length: 300 }, () => send()))).toHaveLength(300);
  });

  test("that the server announces to close is not used again", async () => {
    server.play(json(200, {}, { Connection: "close" }));
    await send();
    await send();
    expect(server.connections()).toBe(2);
  });

  test("of a call that timed out is not used again, so its late answer is nobody's", async () => {
    hurry();
    const late: Socket[] = [];
    server.play((socket) => late.push(socket));
    await failure();
    server.play(json(200, { for: "the second" }));
    for (const socket of late) socket.write(httpAnswer(200, '{"for":"the first"}'));
    expect((await send()).value).toEqual({ for: "the second" });
    expect(server.connections()).toBe(2);
  });
});

test("no timer is left behind, however a call ends", async () => {
  const set = jest.spyOn(globalThis, "setTimeout");
  const cleared = jest.spyOn(globalThis, "clearTimeout");
  try {
    await send();
    server.play((socket) => socket.resetAndDestroy());
    await failure();
    server.play((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"));
    await failure();
    const ours = set.mock.results.filter((_result, i) => set.mock.calls[i]?.[1] === DEADLINE_MS);
    const isCleared = ours.map(({ value }) => cleared.mock.calls.some(([timer]) => timer === value));
    expect(isCleared).toEqual([true, true, true]);
  } finally {
    set.mockRestore();
    cleared.mockRestore();
  }
});

// Self-signed for provider.invalid, which is nobody: nothing else uses or trusts it.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgk8U9E3EjTI9SXXEn
4R+FnQZPcdRN0gpPV2NBhUQwoqKhRANCAASVdgmod7GBV8yHeBKKpEyRU4thnlth
2JXd/bWUBohkOhH/NUECREigrAeEBxb3oGIu41b8oxER24u1GT5qME2c
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBjjCCATOgAwIBAgIUW+XhjI/R/SF3Ftwtgk9bOfA1ONcwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQcHJvdmlkZXIuaW52YWxpZDAgFw0yNjExMjIwODEyMDVaGA8y
MTI2MTAyOTA4MTIwNVowGzEZMBcGA1UEAwwQcHJvdmlkZXIuaW52YWxpZDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABJV2Cah3sYFXzId4EoqkTJFTi2GeW2HYld39
tZQGiGQ6Ef81QQJESKCsB4QHFvegYi7jVvyjERHbi7UZPmowTZyjUzBRMB0GA1Ud
DgQWBBSwlSLd9ZOjzRay84/DZk8Bj13WxjAfBgNVHSMEGDAWgBSwlSLd9ZOjzRay
84/DZk8Bj13WxjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCn
AYcxEdrOI2saI4uOYpX0uFgocyo0IC0J9n4dfaArJwIhAO3hlZD191vZLtVsMmrF
l83OKLfUEBmfH6hjt7Y5jEDW
-----END CERTIFICATE-----`;
