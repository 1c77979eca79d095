import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";

const MAX_BYTES = 5 * 1024;

/** In a process of its own: the bundler's native half does not take objects of Jest's world. */
const script = `
import { build } from "vite";
const built = await build({
  configFile: false,
  logLevel: "silent",
  build: { write: false, minify: true, target: "es2022", lib: { entry: "src/index.ts", formats: ["es"] } },
});
const chunks = [built].flat().flatMap(({ output }) => output);
console.log(JSON.stringify(chunks.map(({ code, imports, dynamicImports }) => ({ code, imports, dynamicImports }))));
`;

test("all of the client is at most 5 kB, minified and gzipped, and brings nothing along", async () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd });
  const chunks = JSON.parse(stdout) as { code: string; imports: string[]; dynamicImports: string[] }[];
  expect(chunks).toEqual([{ code: expect.stringContaining("createPayonce"), imports: [], dynamicImports: [] }]);
  const { length } = gzipSync(chunks[0]?.code ?? "", { level: 9 });
  expect(length).toBeLessThanOrEqual(MAX_BYTES);
  // Less would be a bundle of nothing.
  expect(length).toBeGreaterThan(MAX_BYTES / 2);
});
