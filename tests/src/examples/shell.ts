import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StackInfo } from "@payonce/stack";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** For machines without curl. */
const standIn = fileURLToPath(new URL("./curl.js", import.meta.url));

/**
 * A shell in a folder like the one where `npm start` runs, in which examples are run as they are written. What they send to
 * the default ports goes to the stack's, which may have found those taken.
 */
export function openShell(info: StackInfo, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "payonce-examples-"));
  mkdirSync(join(folder, ".payonce"));
  writeFileSync(join(folder, ".payonce", "stack.json"), JSON.stringify(info));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const ports = { 3000: info.apiUrl, 3001: info.opsUrl, 3002: info.simulatorUrl };
  const redirects = Object.entries(ports).map(([port, url]) => {
    return url ? `connect-to = "localhost:${port}:127.0.0.1:${new URL(url).port}"\n` : "";
  });
  writeFileSync(join(folder, ".curlrc"), redirects.join(""));
  const vars = { ...process.env, ...env, CURL_HOME: folder, HOME: folder };
  const running: { kill(): void }[] = [];
  let variables = "";

  const start = (command: string, args: readonly string[], extra: Record<string, string> = {}) => {
    const child = spawn(command, args, { cwd: folder, env: { ...vars, ...extra } });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    running.push({ kill: () => child.kill("SIGKILL") });
    return { ended, output: () => output };
  };

  return {
    /** Runs a block; what it sets is there for the next one. Gives all that it printed. */
    async run(block: string): Promise<string> {
      const curl = `command -v curl >/dev/null || curl() { node '${standIn}' "$@"; }`;
      // What it sets is exported, or the next one would not have it.
      const script = ["exec 2>&1", variables, curl, "set -ea", block, 'set +ea; echo; echo "@@@"; export -p'].join(
        "\n",
      );
      const child = start("sh", ["-c", script]);
      const code = await child.ended;
      const [printed = "", after = ""] = child.output().split("\n@@@\n");
      if (code !== 0) throw new Error(`ended with ${code}: ${block}\n${printed}`);
      // A person's shell keeps functions as well.
      variables = `${after}\n${[...block.matchAll(/^(\w+)\(\) \{.*\}$/gm)].map(([definition]) => definition).join("\n")}`;
      return printed;
    },
    /** Starts a program, which goes on. */
    startProgram(name: string, text: string) {
      writeFileSync(join(folder, name), text);
      // With what the shell exports.
      return start("sh", ["-c", `${variables}\nexec node ${name}`]);
    },
    close() {
      for (const child of running) child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Shell = ReturnType<typeof openShell>;
