import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Express } from "express";
import { startTestApi, type TestApi } from "../test-api.ts";
import { OPERATIONS } from "./merchant-document.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

/** For people, and no part of the API. */
const NOT_DESCRIBED = ["get /docs"];

test("the document has every route with each of its methods, and no other", () => {
  const described = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  const routed = routesOf(api.app.router).filter((route) => !NOT_DESCRIBED.includes(route));
  expect(routed.length).toBeGreaterThan(20);
  expect(routed.toSorted()).toEqual(described.toSorted());
});

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** As OpenAPI writes them. Left out are preflights, and the last routes of paths, which refuse other methods. */
function routesOf(router: Express["router"]): string[] {
  const walk = (layers: Layer[]): string[] =>
    layers.flatMap(({ route, handle }) => {
      if (!route) return walk(handle.stack ?? []);
      const methods = Object.keys(route.methods).filter((method) => method !== "_all" && method !== "options");
      const paths = [route.path].flat().map((path) => path.replace(/:(\w+)/g, "{$1}"));
      return paths.flatMap((path) => methods.map((method) => `${method} ${path}`));
    });
  return walk((router as unknown as { stack: Layer[] }).stack);
}
