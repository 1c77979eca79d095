import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Agent, startTestOps, type TestOps } from "../test-ops.ts";
import { INLINE_STYLE } from "./page-policy.ts";
import { createReadOnlyBoard } from "./read-only-board.ts";
import { SHOWN_QUEUES } from "./shown-queues.ts";

let ops: TestOps;
let viewer: Agent;
let html: string;

beforeAll(async () => {
  ops = await startTestOps();
  viewer = await ops.signIn("viewer");
  html = (await viewer.get("/queues/").expect(200)).text;
});
afterAll(() => ops?.stop());

test("the page may load scripts, styles and pictures of ours alone, and nobody may frame it", async () => {
  for (const path of ["/queues/", "/queues/queue/charges"]) {
    const { headers } = await viewer.get(path).expect(200);
    const policy = headers["content-security-policy"] ?? "";
    expect(policy.split("; ").map((directive) => directive.replace(/'sha256-[\w+/=]{44}'/, "'sha256'"))).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'sha256'",
      "img-src 'self'",
      "connect-src 'self'",
      "worker-src 'self'",
      "base-uri 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers).toMatchObject({ "x-frame-options": "DENY", "cache-control": "no-store" });
  }
});

test("answers that are no page of bull-board keep the console's own policy", async () => {
  const ofConsole = (await viewer.get("/sign-in")).headers["content-security-policy"];
  for (const path of ["/queues/api/queues", "/queues/static/favicon.ico", "/queues/nothing"]) {
    const { headers } = await viewer.get(path);
    expect(headers["content-security-policy"]).toBe(ofConsole);
    expect(headers).toMatchObject({ "x-frame-options": "DENY", "x-content-type-options": "nosniff" });
    expect(headers).not.toHaveProperty("x-powered-by");
  }
});

test("the page names no other host, and has neither a script nor a style in it", () => {
  expect(html).toContain('<div id="root"></div>');
  expect(html).not.toMatch(/\/\/[\w.-]+\.\w+|<style|\sstyle=|\son\w+=/i);
  // What is no JavaScript type is data.
  const scripts = [...html.matchAll(/<script\b([^>]*)>([^<]*)/g)];
  for (const [, attributes, text] of scripts)
    expect(attributes).toMatch(text ? /type="application\/json"/ : /src="static/);
  expect(scripts.length).toBeGreaterThan(1);
});

test("every file that the page names is there", async () => {
  const files = [...html.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => path);
  expect(files.length).toBeGreaterThan(4);
  for (const path of files) {
    const { status, headers } = await viewer.get(`/queues/${path}`);
    expect({ path, status }).toEqual({ path, status: 200 });
    expect(headers["cache-control"]).toBe("private, max-age=3600");
  }
});

test("the inline style that is let through is the one that the user interface puts in", async () => {
  const { assets } = createReadOnlyBoard({ ...ops, basePath: "", queues: SHOWN_QUEUES });
  const scripts = [...assets].filter((path) => path.endsWith(".js"));
  const texts = await Promise.all(scripts.map(async (path) => (await viewer.get(`/queues${path}`)).text));
  const name = "base-ui-disable-scrollbar";
  const text = texts.find((script) => script.includes(`"${name}"`)) ?? "";
  const variable = new RegExp(`(\\w+)="${name}"`).exec(text)?.[1] ?? "";
  const style = /children:`([^`]*)`/.exec(text.slice(text.indexOf(`"${name}"`)))?.[1];
  expect(style?.replaceAll(`\${${variable}}`, name)).toBe(INLINE_STYLE);
});
