import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Agent, startTestOps, type TestOps } from "../test-ops.ts";
import { BULL_BOARD_ROUTES, pathOf } from "./test-bull-board-routes.ts";
import { fillQueues, snapshot } from "./test-queues.ts";

let ops: TestOps;
let admin: Agent;
let jobs: Awaited<ReturnType<typeof fillQueues>>;

beforeAll(async () => {
  ops = await startTestOps();
  admin = await ops.signIn("admin");
  jobs = await fillQueues(ops.prefix);
});
afterAll(async () => {
  await jobs?.close();
  await ops?.stop();
});

/** Sends a target as it stands, which no HTTP client would do with most of these. */
async function ask(method: string, target: string, headers: Record<string, string> = {}) {
  const socket = connect(ops.port, "127.0.0.1");
  const lines = Object.entries({ Host: `127.0.0.1:${ops.port}`, Connection: "close", ...headers });
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  await once(socket, "close");
  return { status: Number(received.split(" ")[1]), location: /^location: (.*)\r$/im.exec(received)?.[1], received };
}

/** Other spellings of a path that begins with `/queues/`. */
function respell(path: string): string[] {
  const inner = path.slice("/queues/".length);
  const last = path.slice(0, -1);
  return [
    path.replace("/queues", "/QUEUES"),
    path.replace("/queues", "/Queues"),
    path.replace("/queues", "/%71ueues"),
    path.replace("/queues", "/queues;x"),
    path.replace("/queues", "/queues;x=1"),
    path.replace("/queues", "/queues%20"),
    path.replace("/queues", "/queues/."),
    path.replace("/queues", "/queues/.."),
    path.replace("/queues", "/queues/%2e"),
    path.replace("/queues", "/queues/%2E%2e/queues"),
    path.replace("/queues", "/x/../queues"),
    `/${path}`,
    `/./${path.slice(1)}`,
    `/.${path}`,
    `/\\${path}`,
    path.replaceAll("/", "\\").replace("\\", "/"),
    `/queues//${inner}`,
    `/queues/%2f${inner}`,
    `/queues%2f${inner}`,
    `/queues%5C${inner}`,
    `/queues\\${inner}`,
    `/queues/;x/${inner}`,
    `/queues/x/../${inner}`,
    `/queues/x/%2e%2e/${inner}`,
    `/queues/..%2fqueues/${inner}`,
    `/queues/%252e%252e/queues/${inner}`,
    `${path}/`,
    `${path}//`,
    `${path};x`,
    `${path}%00`,
    `${path}%20`,
    `${path}%2f`,
    `${path}%0a`,
    `${path}.json`,
    `${path}.`,
    `${path}/..`,
    `${path}#x`,
    `${last}%${path.charCodeAt(path.length - 1).toString(16)}`,
    `http://${ops.publicUrl.slice(7)}/${path}`,
    `http://elsewhere.example${path.replace("/queues", "/QUEUES")}`,
  ].filter((spelling) => spelling !== path);
}

const open = () => [
  "/queues/api/queues",
  `/queues/queue/charges`,
  `/queues/queue/charges/${jobs.failed.id}`,
  `/queues/api/queues/charges/${jobs.failed.id}`,
  `/queues/api/queues/charges/${jobs.failed.id}/logs`,
  "/queues/static/favicon.ico",
];
const closed = () => ["/queues/api/redis/stats", "/queues/api/job-schedulers", "/queues/static/../index.ejs"];

describe("another spelling of a path", () => {
  test("finds nothing, whoever is signed in", async () => {
    for (const path of open()) expect((await ask("GET", path, { Cookie: admin.cookie })).status).toBe(200);
    const found = [];
    for (const path of [...open(), ...closed()].flatMap(respell)) {
      const { status } = await ask("GET", path, { Cookie: admin.cookie });
      if (status !== 404) found.push({ path, status });
    }
    expect(found).toEqual([]);
  });

  test("gets at no file beside those of the user interface", async () => {
    for (const path of [
      "/queues/static",
      "/queues/static/",
      "/queues/static/js",
      "/queues/static/js/",
      "/queues/static/../index.ejs",
      "/queues/static/%2e%2e/index.ejs",
      "/queues/static/..%2findex.ejs",
      "/queues/static/..%5cindex.ejs",
      "/queues/static/js/..%2f..%2f..%2fpackage.json",
      "/queues/static/favicon.ico/",
      "/queues/index.ejs",
    ])
      expect({ path, status: (await ask("GET", path, { Cookie: admin.cookie })).status }).toEqual({
        path,
        status: 404,
      });
  });

  test("finds no job under a queue or an id that is not one of ours", async () => {
    for (const path of [
      `/queues/api/queues/other/${jobs.failed.id}`,
      `/queues/api/queues/CHARGES/${jobs.failed.id}`,
      "/queues/api/queues/charges/metrics",
      "/queues/api/queues/charges/workers",
      "/queues/api/queues/charges/meta",
      "/queues/api/queues/charges/1",
      `/queues/api/queues/charges/${jobs.failed.id}:logs`,
      `/queues/api/queues/charges/${jobs.failed.id.toUpperCase()}`,
    ])
      expect({ path, status: (await ask("GET", path, { Cookie: admin.cookie })).status }).toEqual({
        path,
        status: 404,
      });
  });

  test("writes nothing, whoever is signed in", async () => {
    const before = await snapshot(ops.redis, ops.prefix);
    const headers = { Cookie: admin.cookie, Origin: ops.publicUrl, "X-CSRF-Token": admin.csrf };
    const taken = [];
    for (const path of [`/queues/api/queues/charges/${jobs.failed.id}/retry`, "/queues/api/queues/charges/empty"])
      for (const spelling of [path, ...respell(path)]) {
        const { status } = await ask("PUT", spelling, { ...headers, "Content-Length": "0" });
        if (status !== 404 && status !== 405) taken.push({ spelling, status });
      }
    expect(taken).toEqual([]);
    expect(await snapshot(ops.redis, ops.prefix)).toEqual(before);
  });
});

describe("without a session", () => {
  test("every page and file leads to the sign-in, and back from there", async () => {
    const [scripts, pages] = ["/queues", "/queues/", ...open()].reduce<[string[], string[]]>(
      ([asked, shown], path) =>
        path.startsWith("/queues/api/") ? [[...asked, path], shown] : [asked, [...shown, path]],
      [[], []],
    );
    for (const path of pages)
      expect(await ask("GET", path)).toMatchObject({
        status: 303,
        location: `/sign-in?next=${encodeURIComponent(path)}`,
      });
    // What a page's script asks is not led anywhere.
    for (const path of scripts) expect(await ask("GET", path)).toMatchObject({ status: 401 });
  });

  test("no spelling of any route of bull-board gets an answer of it", async () => {
    const got = [];
    for (const route of BULL_BOARD_ROUTES.filter(({ method }) => method === "get")) {
      const path = `/queues${pathOf(route, "charges", jobs.failed.id)}`;
      for (const target of [path, ...respell(path), `http://elsewhere.example${path}`]) {
        const { status, location = "", received } = await ask("GET", target);
        const isSentAway = status === 401 || (status === 303 && location.startsWith("/sign-in"));
        if (!isSentAway || /__UI_CONFIG__|"queues"|"job"/.test(received)) got.push({ target, status });
      }
    }
    expect(got).toEqual([]);
  });

  test("no spelling of a route that writes changes anything", async () => {
    const before = await snapshot(ops.redis, ops.prefix);
    const taken = [];
    for (const route of BULL_BOARD_ROUTES.filter(({ method }) => method !== "get")) {
      const path = `/queues${pathOf(route, "charges", jobs.failed.id)}`;
      for (const target of [path, ...respell(path)])
        for (const headers of [{}, { Origin: ops.publicUrl }]) {
          const { status } = await ask(route.method.toUpperCase(), target, { ...headers, "Content-Length": "0" });
          if (![303, 401, 403].includes(status)) taken.push({ target, status });
        }
    }
    expect(taken).toEqual([]);
    expect(await snapshot(ops.redis, ops.prefix)).toEqual(before);
  });

  test("the dashboard's script is told so, in a form that it shows", async () => {
    const { status, received } = await ask("GET", "/queues/api/queues", { "Sec-Fetch-Dest": "empty" });
    expect(status).toBe(401);
    const problem = JSON.parse(received.slice(received.indexOf("\r\n\r\n")));
    expect(problem).toMatchObject({ code: "not_signed_in", error: problem.title, message: problem.detail });
  });
});
