import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import request from "supertest";
import type { Charge } from "./ledger.ts";
import { type Listening, listen } from "./listen.ts";
import { createSimulator } from "./simulator.ts";

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
  ledger(): Promise<Charge[]>;
  /** Opens a second simulator on what the first has written so far, as if that had been killed this moment. */
  afterCrash(): Promise<TestClient>;
  /** Closes this simulator and those made by afterCrash, and removes their folder. */
  close(): Promise<void>;
};

/** A simulator on a free port with a folder of its own. */
export async function startTestSimulator(): Promise<TestClient> {
  const dataDir = mkdtempSync(join(tmpdir(), "simulator-"));
  const opened: Listening[] = [];

  async function open(): Promise<TestClient> {
    const listening = await listen(createSimulator({ dataDir, slowMs: SLOW_MS }), { host: "127.0.0.1", port: 0 });
    opened.push(listening);
    return { ...clientOf(listening.url), dataDir, afterCrash: open, close };
  }

  async function close(): Promise<void> {
    await Promise.all(opened.map((listening) => listening.close()));
    rmSync(dataDir, { recursive: true });
  }

  return open();
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
    async ledger() {
      const answer = await request(url).get("/_sim/ledger").expect(200);
      return answer.body.charges;
    },
  };
}
