import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createAddressPolicy } from "@payonce/service";
import { until } from "../test-notifier.ts";
import { createGuardedAgents, type GuardedAgents } from "./guarded-agents.ts";
import { createResolver } from "./resolve-host.ts";
import { sendWebhook } from "./send-webhook.ts";

let agents: GuardedAgents;
const closers: (() => unknown)[] = [];
beforeEach(() => {
  agents = createGuardedAgents(createAddressPolicy(["127.0.0.0/8"]), createResolver());
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  agents.close();
});

/** A server that speaks bytes, for what no HTTP server would say; `open` are the connections that it still has. */
async function speaking(onRequest: (socket: Socket) => void) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on("error", () => {}).on("close", () => open.delete(socket)));
    socket.once("data", () => onRequest(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, open };
}
/** Says something again and again, until nobody listens. */
function repeat(socket: Socket, text: string, everyMs = 10): void {
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.on("close", () => clearInterval(timer));
}
async function send(url: string, timeoutMs = 5_000) {
  const { outcome, httpStatus, response } = await sendWebhook({ url, headers: {}, body: "{}" }, { agents, timeoutMs });
  return { outcome: outcome.kind === "failed" ? outcome.code : outcome.kind, httpStatus, response };
}

describe("a receiver that", () => {
  test.each([
    ["sends headers without end", `HTTP/1.1 200 OK\r\n${`x-filler: ${"x".repeat(1_000)}\r\n`.repeat(1_000)}`],
    ["sends one header without end", `HTTP/1.1 200 OK\r\nx: ${"x".repeat(1_000_000)}`],
    ["contradicts itself about its length", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    ["speaks another protocol", "220 mail.example ESMTP\r\n"],
    ["puts a header into another", "HTTP/1.1 200 OK\r\nx: a\u0000b\r\n\r\n"],
  ])("%s is not understood, and the connection is closed", async (_what, bytes) => {
    const { host, open } = await speaking((socket) => socket.write(bytes));
    expect(await send(`http://${host}/`)).toMatchObject({ outcome: "answer_unreadable", httpStatus: null });
    await until(() => open.size === 0);
  });

  test("changes to another protocol has not taken the event", async () => {
    const { host, open } = await speaking((socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
    );
    expect((await send(`http://${host}/`)).outcome).toBe("answer_unreadable");
    await until(() => open.size === 0);
  });

  test("says for ever that the answer is to come is given up", async () => {
    const { host, open } = await speaking((socket) => repeat(socket, "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"));
    expect((await send(`http://${host}/`, 200)).outcome).toBe("timeout");
    await until(() => open.size === 0);
  });

  test("drips its body is cut off at the deadline; what its status said counts", async () => {
    const { host, open } = await speaking((socket) => {
      socket.write("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n");
      repeat(socket, "1\r\nx\r\n");
    });
    const sent = await send(`http://${host}/`, 200);
    expect(sent).toMatchObject({ outcome: "http_status", httpStatus: 500 });
    expect(sent.response).toMatch(/^x+$/);
    await until(() => open.size === 0);
  });

  test("breaks off its body in the middle has said enough with its status", async () => {
    const { host } = await speaking((socket) =>
      socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense"),
    );
    expect(await send(`http://${host}/`)).toMatchObject({ outcome: "delivered", httpStatus: 200 });
  });

  test("takes the connection and never begins with TLS is given up", async () => {
    const { host, open } = await speaking(() => {});
    expect((await send(`https://${host}/`, 200)).outcome).toBe("timeout");
    await until(() => open.size === 0);
  });

  test("answers on a kept connection before it is asked has that connection closed", async () => {
    let requests = 0;
    const { host } = await speaking((socket) => {
      requests += 1;
      socket.write("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
    });
    expect((await send(`http://${host}/`)).httpStatus).toBe(204);
    expect((await send(`http://${host}/`)).httpStatus).toBe(204);
    expect(requests).toBe(2);
  });

  test("is no url at all is a failed attempt, and no crash", async () => {
    for (const url of ["nonsense", "ftp://127.0.0.1/", "http://[::1", ""])
      expect((await send(url)).outcome).toBe("connection_failed");
  });
});
