import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "@payonce/stack";
import { applyEdits } from "./apply-edits.ts";
import { copyRepository } from "./copy-repository.ts";
import type { Mutant } from "./mutant.ts";

/** What became of a mutant. `seconds` is of the storms alone, without copying and compiling. */
export type MutantResult =
  | { kind: "killed"; rule: string; what: string; seed: string; seconds: number }
  | { kind: "survived"; seconds: number }
  | { kind: "not_run"; why: string };

export interface MutantOptions {
  /** One storm each, until one turns red. */
  seeds: readonly string[];
  /** Of a storm. */
  seconds: number;
  signal?: AbortSignal | undefined;
}

/** Breaks one rule in a copy of the repository, and lets storms blow there until one sees it. */
export async function runMutant(
  { edits, storm, seenBy }: Mutant,
  { seeds, seconds, signal }: MutantOptions,
): Promise<MutantResult> {
  const root = join(mkdtempSync(join(tmpdir(), "payonce-mutant-")), "copy");
  try {
    copyRepository(root);
    for (const workspace of applyEdits(root, edits)) await compile(join(root, workspace));
    const startedAt = Date.now();
    const passed = () => Math.round((Date.now() - startedAt) / 100) / 10;
    for (const seed of seeds) {
      const main = join(root, "proof", "dist", "storm", "main.js");
      const args = ["--seed", seed, "--seconds", String(seconds), "--small", "--quiet", "--rest", "120", ...storm];
      const ended = await run([main, ...args], root, signal);
      const violated = [...ended.output.matchAll(/^\d+ × rule (\w+); one: (?:pay_\w+)? *(.*)$/gm)];
      const [, rule, what] = violated.find(([, id = ""]) => seenBy.includes(id)) ?? [];
      if (rule && what) return { kind: "killed", rule, what, seed, seconds: passed() };
      if (ended.exitCode === 2) return { kind: "not_run", why: ended.output.slice(-2_000) };
    }
    return { kind: "survived", seconds: passed() };
  } catch (error) {
    return { kind: "not_run", why: (error as Error).message };
  } finally {
    rmSync(join(root, ".."), { recursive: true, force: true });
  }
}

/** What a mutant leaves unused is no reason not to compile it, so errors do not count; no output does. */
async function compile(workspace: string): Promise<void> {
  const tsc = join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");
  const { exitCode, output } = await run([tsc, "-p", "tsconfig.build.json"], workspace);
  if (exitCode !== 0 && !output.includes("TS6133")) throw new Error(`${workspace} does not compile: ${output}`);
}

function run(args: string[], cwd: string, signal?: AbortSignal): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    // The storm stops its stack by itself then.
    const stop = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", stop);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    child.once("error", reject);
    child.once("close", (code) => {
      signal?.removeEventListener("abort", stop);
      resolve({ exitCode: code ?? 2, output });
    });
  });
}
