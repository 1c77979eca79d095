import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { MAX_BODY_BYTES } from "@payonce/http";
import request from "supertest";
import { type Agent, PASSWORD, startTestOps, type TestOps } from "../test-ops.ts";
import { csrfTokenOf } from "./csrf-token.ts";
import { randomToken } from "./random-token.ts";

let ops: TestOps;
let agent: Agent;
beforeAll(async () => {
  ops = await startTestOps();
});
afterAll(() => ops.stop());
beforeEach(async () => {
  // Whatever of another test's gets through signs out that one only.
  agent = await ops.signIn("admin");
});

const isStillSignedIn = async () => (await agent.get("/nowhere")).status === 404;

/** Signs out, as any form would do something, with the headers that are given instead of those of our own page. */
const forge = (headers: Record<string, string>, fields: Record<string, string> = { _csrf: agent.csrf }) =>
  request(ops.url)
    .post("/sign-out")
    .type("form")
    .set({ Cookie: agent.cookie, ...headers })
    .send(fields);

describe("a form is taken with the right token", () => {
  test.each<[string, () => Record<string, string>]>([
    ["from our own origin", () => ({ Origin: ops.url })],
    ["from another name of one's own machine", () => ({ Origin: `http://localhost:${ops.port}` })],
    ["without Origin, when the browser says that it is ours", () => ({ "Sec-Fetch-Site": "same-origin" })],
    ["of a browser that only sends a Referer", () => ({ Referer: `${ops.url}/payments` })],
  ])("%s", async (_what, headersOf) => {
    expect((await forge(headersOf())).status).toBe(303);
    expect(await isStillSignedIn()).toBe(false);
  });

  test("in a header, as a script sends it", async () => {
    expect((await agent.send("post", "/sign-out")).status).toBe(303);
    expect(await isStillSignedIn()).toBe(false);
  });
});

describe("a form is refused, and nothing done, in spite of the right token", () => {
  test.each<[string, () => Record<string, string>]>([
    ["from another site", () => ({ Origin: "https://evil.example" })],
    ["from a neighbour", () => ({ Origin: "http://ops.127.0.0.1.nip.io" })],
    ["from another port", () => ({ Origin: "http://127.0.0.1:1" })],
    ["from our host over https", () => ({ Origin: ops.url.replace("http:", "https:") })],
    ["from an origin that begins like ours", () => ({ Origin: `${ops.url}.evil.example` })],
    ["from `Origin: null`, as sandboxed frames send it", () => ({ Origin: "null" })],
    ["from `Origin: null` that claims to be ours", () => ({ Origin: "null", "Sec-Fetch-Site": "same-origin" })],
    ["without Origin, across sites", () => ({ "Sec-Fetch-Site": "cross-site", Referer: `${ops.url}/` })],
    ["without Origin, from a neighbour", () => ({ "Sec-Fetch-Site": "same-site" })],
    ["without Origin, from an address that was typed", () => ({ "Sec-Fetch-Site": "none" })],
    ["with a Referer of another site", () => ({ Referer: `https://evil.example/?${ops.url}/` })],
    ["with a Referer that is none", () => ({ Referer: "about:blank" })],
    ["without a word about where it comes from", () => ({})],
  ])("%s", async (_what, headersOf) => {
    const answer = await forge(headersOf());
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("does not come from a page of ours");
    expect(await isStillSignedIn()).toBe(true);
  });
});

describe("a form from our own origin is refused, and nothing done, with", () => {
  test.each<[string, () => Promise<Record<string, string | string[]>>]>([
    ["no token", async () => ({ _csrf: [] })],
    ["an empty token", async () => ({ _csrf: "" })],
    ["a token that is nearly right", async () => ({ _csrf: `${agent.csrf.slice(0, -1)}-` })],
    ["another session's token", async () => ({ _csrf: (await ops.signIn("admin")).csrf })],
    ["the token of a sign-in form", async () => ({ _csrf: (await ops.openSignIn()).csrf })],
    ["the session's own token", async () => ({ _csrf: agent.cookie.split("=")[1] ?? "" })],
    ["the token twice", async () => ({ _csrf: [agent.csrf, agent.csrf] })],
  ])("%s", async (_what, fieldsOf) => {
    const answer = await agent.post("/sign-out", await fieldsOf());
    expect(answer.status).toBe(403);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("a wrong token in the header, whatever the form has", async () => {
    const answer = await agent.post("/sign-out", {}, { "X-CSRF-Token": randomToken() });
    expect(answer.status).toBe(403);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("the token in the address, where it would get into logs", async () => {
    const answer = await agent.post(`/sign-out?_csrf=${agent.csrf}`, { _csrf: "" });
    expect(answer.status).toBe(403);
    expect(await isStillSignedIn()).toBe(true);
  });
});

describe("no method gets around it:", () => {
  test.each(["put", "patch", "delete"] as const)("%s needs our origin and the token as POST does", async (method) => {
    expect((await agent.send(method, "/sign-out", { Origin: "https://evil.example" })).status).toBe(403);
    expect((await agent.send(method, "/sign-out", { "X-CSRF-Token": "" })).status).toBe(403);
    expect((await agent.send(method, "/sign-out")).status).toBe(405);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("a GET or HEAD does nothing, whatever method it claims to be", async () => {
    const claims = { "X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST" };
    const answer = await agent.get(`/sign-out?_method=POST&_csrf=${agent.csrf}`, claims);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe("POST");
    expect(
      (
        await request(ops.url)
          .head("/sign-out")
          .set({ Cookie: agent.cookie, ...claims })
      ).status,
    ).toBe(405);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("a POST that claims to be a GET is a POST", async () => {
    const claims = { "X-HTTP-Method-Override": "GET", Origin: "https://evil.example" };
    expect((await agent.post("/sign-out?_method=GET", { _method: "GET" }, claims)).status).toBe(403);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("OPTIONS says nothing that would let another site in", async () => {
    const answer = await agent.send("options", "/sign-out", {
      Origin: "https://evil.example",
      "Access-Control-Request-Method": "POST",
    });
    expect(Object.keys(answer.headers).join()).not.toMatch(/access-control/);
  });
});

describe("the body of a form", () => {
  test.each([
    ["JSON", "application/json", '{"a":1}'],
    ["text, as another site may send it unasked", "text/plain", "a=1"],
    ["parts", "multipart/form-data; boundary=x", "--x--"],
  ])("is refused as %s", async (_what, type, body) => {
    const headers = { Cookie: agent.cookie, Origin: ops.url, "X-CSRF-Token": agent.csrf, "Content-Type": type };
    const answer = await request(ops.url).post("/sign-out").set(headers).send(body);
    expect(answer.status).toBe(415);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("is refused when it is too large, or has too many fields", async () => {
    const large = await agent.post("/sign-out", { a: "x".repeat(MAX_BODY_BYTES) });
    expect(large.status).toBe(413);
    const many = await agent.post("/sign-out", { a: Array.from({ length: 1_001 }, () => "") });
    expect(many.status).toBe(400);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("is refused when it is compressed, which hides how large it is", async () => {
    const headers = { "Content-Encoding": "gzip", "X-CSRF-Token": agent.csrf };
    expect((await agent.post("/sign-out", {}, headers)).status).toBe(415);
    expect(await isStillSignedIn()).toBe(true);
  });

  test("cannot reach what it is put into", async () => {
    const answer = await agent.post("/nowhere", { __proto__: "x", "constructor[prototype][a]": "x", "a[b]": "x" });
    expect(answer.status).toBe(404);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});

describe("another site cannot sign a browser in as somebody else:", () => {
  const fields = () => ({ username: "admin", password: PASSWORD, next: "/" });
  const send = (headers: Record<string, string>, _csrf?: string) =>
    request(ops.url)
      .post("/sign-in")
      .type("form")
      .set(headers)
      .send({ ...fields(), ...(_csrf && { _csrf }) });

  test("the form's token is needed", async () => {
    const { cookies } = await ops.openSignIn();
    const Cookie = `payonce_ops_form=${cookies.payonce_ops_form}`;
    expect((await send({ Origin: ops.url, Cookie })).status).toBe(403);
    expect((await send({ Origin: ops.url, Cookie }, randomToken())).status).toBe(403);
  });

  test("the attacker's own form's token does not fit the victim's browser", async () => {
    const [attackers, victims] = [await ops.openSignIn(), await ops.openSignIn()];
    const Cookie = `payonce_ops_form=${victims.cookies.payonce_ops_form}`;
    expect((await send({ Origin: ops.url, Cookie }, attackers.csrf)).status).toBe(403);
    expect((await send({ Origin: ops.url, Cookie }, victims.csrf)).status).toBe(303);
  });

  test("a browser that has not loaded the form cannot send it", async () => {
    expect((await send({ Origin: ops.url }, csrfTokenOf(""))).status).toBe(403);
    expect((await send({ Origin: ops.url, Cookie: "payonce_ops_form=" }, csrfTokenOf(""))).status).toBe(403);
  });

  test.each(["https://evil.example", "null"])("nor is it taken from %s", async (origin) => {
    const { cookies, csrf } = await ops.openSignIn();
    const Cookie = `payonce_ops_form=${cookies.payonce_ops_form}`;
    expect((await send({ Origin: origin, Cookie }, csrf)).status).toBe(403);
  });

  test("wrong types and sizes are refused here, too", async () => {
    const { cookies, csrf } = await ops.openSignIn();
    const headers = { Origin: ops.url, Cookie: `payonce_ops_form=${cookies.payonce_ops_form}` };
    const json = await request(ops.url)
      .post("/sign-in")
      .set(headers)
      .send({ ...fields(), _csrf: csrf });
    expect(json.status).toBe(415);
    const large = await request(ops.url)
      .post("/sign-in")
      .type("form")
      .set(headers)
      .send({ password: "x".repeat(MAX_BODY_BYTES) });
    expect(large.status).toBe(413);
  });
});
