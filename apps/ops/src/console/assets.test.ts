import { afterAll, beforeAll, expect, test } from "@jest/globals";
import request from "supertest";
import { startTestOps, type TestOps } from "../test-ops.ts";
import { type AssetName, assetPath } from "./assets.ts";

let ops: TestOps;
beforeAll(async () => {
  ops = await startTestOps();
});
afterAll(() => ops.stop());

test.each<[AssetName, string]>([
  ["console.css", "text/css; charset=utf-8"],
  ["console.js", "text/javascript; charset=utf-8"],
  ["htmx.js", "text/javascript; charset=utf-8"],
  ["icon.svg", "image/svg+xml"],
])("serves %s to anybody, to be kept: its name holds its content's hash", async (name, type) => {
  const { status, headers } = await request(ops.url).get(assetPath(name));
  expect({ status, type: headers["content-type"] }).toEqual({ status: 200, type });
  expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(assetPath(name)).toMatch(/\.[0-9a-f]{12}\.(css|js|svg)$/);
});

test("serves nothing else there", async () => {
  for (const path of ["/assets/console.css", "/assets/..%2fassets.ts", "/assets/"])
    expect((await request(ops.url).get(path)).status).not.toBe(200);
});
