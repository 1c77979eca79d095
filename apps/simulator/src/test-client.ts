import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import request from "supertest";
import type { Charge } from "./ledger.ts";
import { type Listening, listen } from "./listen.ts";
import { createSimulator, type SimulatorOptions } from "./simulator.ts";

export const API_KEY = "sk_test_simulator";

/** Short, so that tests of slowness are not slow themselves. */
export const SLOW_MS = 300;

type Form = Record<string, string>;
type Headers = Record<string, string>;

export type TestClient = {
  readonly url: string;
  readonly dataDir: string;
  post(path: string, form?: Form, headers?: Headers): request.Test;
  get(path: string): request.Test;
  /** Creates a PaymentIntent over 12.50 USD and returns its id. */
  create(token: string, form?: Form): Promise<string>;
  confirm(id: string, key?: string, form?: Form): request.Test;
  /** POSTs JSON to a control endpoint. */
  control(path: string, body?: object): request.Test;
  ledger(): Promise<Charge[]>;
  /** Opens a second simulator on a copy of what the first has written so far, as if that had been killed this moment. */
  afterCrash(): Promise<TestClient>;
  /** Closes this simulator and those made by afterCrash, and removes their folder. */
  close(): Promise<void>;
};

type TestOptions = Omit<SimulatorOptions, "dataDir">;

/** A simulator on a free port with a folder of its own. */
export async function startTestSimulator(options: TestOptions = {}): Promise<TestClient> {
  const parentDir = mkdtempSync(join(tmpdir(), "simulator-"));
  const closing: Promise<void>[] = [];
  let current: Listening;
  let lives = 0;

  async function open(dataDir: string): Promise<TestClient> {
    const simulator = createSimulator({ dataDir, slowMs: SLOW_MS, ...options });
    current = await listen(simulator, { host: "127.0.0.1", port: 0 });
    return { ...clientOf(current.url), dataDir, afterCrash: () => crash(dataDir), close };
  }

  function nextDir(): string {
    lives += 1;
    return join(parentDir, String(lives));
  }

  async function crash(dataDir: string): Promise<TestClient> {
    const copy = nextDir();
    cpSync(dataDir, copy, { recursive: true });
    closing.push(current.close());
    return open(copy);
  }

  async function close(): Promise<void> {
    await Promise.all([...closing, current.close()]);
    rmSync(parentDir, { recursive: true });
  }

  return open(nextDir());
}

/** A clock that stands still until it is moved. */
export function createTestClock(startAt = "2026-01-01T00:00:00.000Z") {
  let timeMs = Date.parse(startAt);
  return {
    now: () => new Date(timeMs),
    advance(ms: number) {
      timeMs += ms;
    },
  };
}

/** Waits until `isSo`, for two seconds at most. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpMs = performance.now() + 2000;
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function clientOf(url: string): Omit<TestClient, "dataDir" | "afterCrash" | "close"> {
  const authorization = `Bearer ${API_KEY}`;
  const post: TestClient["post"] = (path, form = {}, headers = {}) =>
    request(url)
      .post(path)
      .set({ authorization, ...headers })
      .type("form")
      .send(form);

  return {
    url,
    post,
    get: (path) => request(url).get(path).set({ authorization }),
    async create(token, form = {}) {
      const fields = { amount: "1250", currency: "usd", payment_method: token, ...form };
      const answer = await post("/v1/payment_intents", fields).expect(200);
      return answer.body.id;
    },
    confirm: (id, key, form) =>
      post(`/v1/payment_intents/${id}/confirm`, form, key === undefined ? {} : { "Idempotency-Key": key }),
    control: (path, body = {}) => request(url).post(path).send(body),
    async ledger() {
      const answer = await request(url).get("/_sim/ledger").expect(200);
      return answer.body.charges;
    },
  };
}
