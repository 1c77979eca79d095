// The first thing a newcomer runs: `npm start`, `npm test`, `npm run demo`, `npm run reset`. It has to work in a bare clone,
// so it is plain JavaScript and imports nothing that has to be installed or built first.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { say, step } from "./progress.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const [command, ...args] = process.argv.slice(2);

const commands = {
  build: async () => {},
  start: () => import("./dist/main.js"),
  reset: () => import("./dist/main.js"),
  demo: () => import(new URL("../../proof/dist/demo/main.js", import.meta.url).href),
  test: runTests,
};

endWithNpm();
try {
  checkPlatform();
  if (!Object.hasOwn(commands, command)) throw new Error(`Usage: npm start | npm test | npm run demo | npm run reset`);
  if (!isInstalled()) await step("Install dependencies", install);
  await step("Build", build);
  await commands[command]();
} catch (error) {
  say(`\n${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}

function checkPlatform() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Payonce needs Node 20.19 or newer; this is ${process.version}.`);
  }
  if (process.platform === "win32") throw new Error("Payonce runs on Linux and macOS. On Windows, use it inside WSL.");
}

/** A SIGTERM for npm reaches its shell, which dies without telling us. */
function endWithNpm() {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}

/** Compares what npm says it has installed with the lock file, so that an `npm install` by hand counts, too. */
function isInstalled() {
  const installed = readLock("node_modules/.package-lock.json");
  if (installed === undefined) return false;
  return Object.entries(readLock("package-lock.json")).every(([path, wanted]) => {
    const found = installed[path];
    if (path === "" || (found === undefined && wanted.optional)) return true;
    return found !== undefined && found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function readLock(path) {
  const file = root + path;
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}

function install() {
  // The npm that started us, where one did: it need not be the one on PATH.
  const npm = process.env.npm_execpath;
  const ci = ["ci", "--no-audit", "--no-fund"];
  return npm?.endsWith(".js") ? run(process.execPath, [npm, ...ci]) : run("npm", ci);
}

function build() {
  return run(`${root}node_modules/.bin/turbo`, ["run", "build", "--output-logs=errors-only", "--no-update-notifier"], {
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
}

async function runTests() {
  const options = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
  await run(process.execPath, [...options, `${root}node_modules/jest/bin/jest.js`, ...args], { stdio: "inherit" });
}

/** Runs a command to its end. What it says is kept and shown only if it fails, unless it has our own output. */
function run(file, fileArgs, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, fileArgs, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
    let transcript = "";
    const keep = (text) => {
      transcript = (transcript + text).slice(-20_000);
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);

    // A signal may be sent to us alone.
    const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];
    let stoppedBy;
    const forward = (signal) => {
      stoppedBy = signal;
      child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, forward);
    const fail = (message, exitCode) => reject(Object.assign(new Error(message), { exitCode }));
    child.once("error", (error) => fail(`${file}: ${error.message}`));
    child.once("close", (code, signal) => {
      for (const name of forwarded) process.off(name, forward);
      if (stoppedBy) fail("Stopped.", 130);
      else if (code === 0) resolve();
      // A command with our own output has said itself what is wrong.
      else if (options.stdio === "inherit") fail("", code ?? 1);
      else fail(`${transcript.trim()}\n\n${[file, ...fileArgs].join(" ")} ended with ${signal ?? code}.`);
    });
  });
}
