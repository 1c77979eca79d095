import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createAddressPolicy } from "@payonce/service";
import { type Receiver, startReceiver } from "../test-receiver.ts";
import { createGuardedAgents, type GuardedAgents } from "./guarded-agents.ts";
import { createResolver } from "./resolve-host.ts";
import { sendWebhook } from "./send-webhook.ts";

let receiver: Receiver;
let agents: GuardedAgents;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  receiver = await startReceiver();
  agents = createGuardedAgents(createAddressPolicy(["127.0.0.0/8"]), createResolver());
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  agents.close();
  await receiver.close();
});

const send = (url = receiver.url, timeoutMs = 5_000) =>
  sendWebhook({ url, headers: { "content-type": "application/json" }, body: '{"a":1}' }, { agents, timeoutMs });
const codeOf = ({ outcome }: Awaited<ReturnType<typeof send>>) => (outcome.kind === "failed" ? outcome.code : null);

/** A server that speaks bytes, for what no HTTP server would say. */
async function rawServer(onData: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => onData(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

describe("sending a webhook", () => {
  test("posts the body as it is", async () => {
    await send();
    expect(receiver.received).toMatchObject([{ body: '{"a":1}', headers: { "content-type": "application/json" } }]);
  });

  test.each([200, 201, 202, 204, 299])("is done with a %s", async (status) => {
    receiver.answerWith((response) => response.writeHead(status).end());
    expect(await send()).toMatchObject({ outcome: { kind: "delivered" }, httpStatus: status });
  });

  test.each([400, 401, 404, 409, 422, 429, 500, 502, 503])(
    "has failed with a %s, and keeps what was said",
    async (status) => {
      receiver.answerWith((response) => response.writeHead(status).end("the till is closed"));
      const sent = await send();
      expect(sent).toMatchObject({ httpStatus: status, response: "the till is closed" });
      expect(codeOf(sent)).toBe("http_status");
    },
  );

  test("hears that a receiver is gone for good, and that it asks for time", async () => {
    receiver.answerWith((response) => response.writeHead(410).end());
    expect((await send()).outcome).toEqual({ kind: "gone" });
    receiver.answerWith((response) => response.writeHead(503, { "retry-after": "120" }).end());
    expect((await send()).outcome).toEqual({ kind: "failed", code: "http_status", retryAfterMs: 120_000 });
  });

  test("gives up a receiver that does not answer", async () => {
    receiver.answerWith(() => {});
    expect(codeOf(await send(receiver.url, 200))).toBe("timeout");
  });

  test("gives up one that drips its headers, however busy it looks", async () => {
    const url = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("X-A: b\r\n"), 20);
      socket.on("close", () => clearInterval(drip));
    });
    expect(codeOf(await send(url, 300))).toBe("timeout");
  });

  test("takes the status for the answer, whatever becomes of the body", async () => {
    receiver.answerWith((response) => {
      response.writeHead(200).write("and then");
    });
    expect((await send(receiver.url, 300)).outcome).toEqual({ kind: "delivered" });
    receiver.answerWith((response) => {
      response.writeHead(500, { "content-length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });
    expect(await send()).toMatchObject({ httpStatus: 500, response: "half" });
  });

  test("reads no more of an endless answer than helps a person", async () => {
    let written = 0;
    receiver.answerWith((response) => {
      response.writeHead(500);
      const chunk = "x".repeat(64 * 1024);
      const write = () => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on("drain", write);
      write();
    });
    const sent = await send();
    expect(sent.response).toHaveLength(500);
    expect(codeOf(sent)).toBe("http_status");
    expect(written).toBeLessThan(50 * 1024 * 1024);
  });

  test("keeps no card number and no unprintable byte of an answer", async () => {
    receiver.answerWith((response) => response.writeHead(500).end(`${"x".repeat(490)} 4242 4242 4242 4242`));
    expect((await send()).response).toBe("[redacted: it holds what looks like a card number]");
    receiver.answerWith((response) => response.writeHead(500).end(Buffer.from([0x61, 0, 0x1b, 0xff, 0x62, 0x9b])));
    const { response } = await send();
    expect(response).toMatch(/^a {2}\ufffdb/);
    expect(response).not.toContain("\0");
  });

  test("says what kept it from an answer", async () => {
    const { port } = receiver;
    await receiver.close();
    expect(codeOf(await send())).toBe("connection_failed");
    receiver = await startReceiver();
    expect(codeOf(await send(`https://127.0.0.1:${receiver.port}/`))).toBe("tls_failed");
    const garbage = await rawServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    expect(codeOf(await send(garbage))).toBe("answer_unreadable");
    const cut = await rawServer((socket) => socket.destroy());
    expect(codeOf(await send(cut))).toBe("connection_failed");
    expect(port).toBeGreaterThan(0);
  });

  test("is not put off by a kept connection that the receiver has closed meanwhile", async () => {
    expect((await send()).httpStatus).toBe(204);
    // The next request meets the end of the connection: its receiver ends each that is used a second time.
    const used = new WeakSet<object>();
    receiver.server.prependListener("request", (request) => {
      if (used.has(request.socket)) request.socket.destroy();
      used.add(request.socket);
    });
    expect((await send()).httpStatus).toBe(204);
    const before = receiver.connections();
    expect((await send()).httpStatus).toBe(204);
    expect(receiver.connections()).toBe(before + 1);
  });
});
