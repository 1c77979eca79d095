import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { waitUntil } from "@payonce/stack";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let heard: string;
let server: Server;
let proxy: TcpProxy;
let client: Socket;
let answers: string;
beforeEach(async () => {
  heard = "";
  answers = "";
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      heard += chunk;
      socket.write(`<${chunk}>`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startTcpProxy();
  proxy.leadTo((server.address() as AddressInfo).port);
  client = connect(proxy.port, "127.0.0.1");
  client.on("error", () => {});
  client.on("data", (chunk) => {
    answers += chunk;
  });
  await once(client, "connect");
});
afterEach(async () => {
  client.destroy();
  await proxy.close();
  server.close();
});
const wait = (what: string, look: () => boolean) => waitUntil(what, look, { timeoutMs: 10_000 });

test("an open link carries both ways", async () => {
  client.write("a");
  await wait("the answer", () => answers === "<a>");
});

test("what is sent over a silent link arrives late, though its sender has left", async () => {
  client.write("a");
  await wait("the connection", () => answers === "<a>");
  proxy.set({ kind: "silent", direction: "both" });
  client.end("b");
  client.destroySoon();
  await once(client, "close");
  expect(heard).toBe("a");
  proxy.set({ kind: "open" });
  await wait("what was held back", () => heard === "ab");
});

test("a link that is silent one way still carries the other", async () => {
  client.write("a");
  await wait("the connection", () => answers === "<a>");
  proxy.set({ kind: "silent", direction: "down" });
  client.write("b");
  await wait("the request", () => heard === "ab");
  expect(answers).toBe("<a>");
  proxy.set({ kind: "open" });
  await wait("the answer", () => answers === "<a><b>");
});

test("a reset tears connections down, and a refusing link takes no new ones", async () => {
  proxy.set({ kind: "refusing" });
  proxy.reset();
  await wait("the end of the connection", () => client.closed);
  const second = connect(proxy.port, "127.0.0.1");
  second.on("error", () => {});
  await wait("the end of the second one", () => second.closed);
  expect(heard).toBe("");
});
