import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findFreePort } from "@payonce/stack";
import type { Browser } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { findMissing } from "./examples/find-missing.ts";
import { type Fence, readFences, withAnswers } from "./examples/read-fences.ts";
import { readCollection, readEnvironment, sendBruno } from "./examples/run-bruno.ts";
import { parseHttpFile, sendHttp } from "./examples/run-http-file.ts";
import { openShell, type Shell } from "./examples/shell.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const textOf = (path: string) => readFileSync(fileOf(path), "utf8");
const document = JSON.parse(textOf("apps/api/openapi.json"));
const readme = readFences(textOf("README.md"));

/** Not run: they start, stop or kill things, and are what this test file itself does; or they ask for a payment of yours. */
const NOT_RUN = [/^npm (start|run demo)/, /^kill -9/, /^npm run payonce -- doctor/];
const isRun = ({ text }: Fence) => !NOT_RUN.some((pattern) => pattern.test(text));

let stack: TestStack;
let browser: Browser;
let shell: Shell;
beforeAll(async () => {
  // What waits for its next try waits until its sample cancels it, however slow the machine.
  const env = { charger: { RETRY_WAITS_MS: "600000,600000" } };
  [stack, browser] = await Promise.all([startTestStack({ counts: { notifier: 1 }, env }), openBrowser()]);
  shell = openShell(stack.info, { PORT: String(await findFreePort()) });
}, 60_000);
afterAll(async () => {
  shell?.close();
  await browser?.close();
  await stack?.stop();
}, 30_000);

describe("the guide in /docs", () => {
  const examples = withAnswers(readFences(document.info.description));
  const titleOf = ({ chapter, text }: Fence, i: number) => `${i}. ${chapter}: ${text.split("\n")[0]?.slice(0, 60)}`;

  test("has examples in each of its languages", () => {
    const languages = new Set(examples.map(({ fence }) => fence.language));
    expect([...languages].toSorted()).toEqual(["html", "js", "sh"]);
    expect(examples.length).toBeGreaterThan(14);
  });

  /** Those that go on running, until the test ends. */
  const servers: { output(): string }[] = [];

  test.each(examples.map((example, i) => [titleOf(example.fence, i), example] as const))(
    "%s",
    async (_title, example) => {
      const { fence, answer } = example;
      const run = { sh: runShell, js: runProgram, html: runPage }[fence.language];
      await run?.(fence.text, answer);
    },
  );

  async function runShell(block: string, answer: string | null) {
    const printed = await shell.run(block);
    if (answer === null) return;
    // What follows a call may also be what a program that listens has to say of it.
    await until(
      `the answer is as shown, which was ${printed}`,
      () => {
        const outputs = [printed, ...servers.map((server) => server.output())];
        return outputs.some((output) => findMissing(answer, output).length === 0);
      },
      10_000,
    );
  }

  async function runProgram(text: string, answer: string | null) {
    const program = shell.startProgram(/^\/\/ (\S+\.mjs):/.exec(text)?.[1] ?? "example.mjs", text);
    if (answer === null) return void servers.push(program);
    expect(await program.ended).toBe(0);
    expect(findMissing(answer, program.output())).toEqual([]);
  }

  async function runPage(text: string) {
    const context = await browser.newContext();
    // Its host has no address, for which Chromium asks before it lets a page at our own machine. Older ones do not ask.
    await context.grantPermissions(["local-network-access"]).catch(() => {});
    const tab = await context.newPage();
    // The two constants are what a reader would replace as well.
    const html = text
      .replace("http://localhost:3000", stack.info.apiUrl)
      .replace('"pk_test_…"', JSON.stringify(stack.info.publishableKey));
    await tab.route("http://localhost:5173/", (route) => route.fulfill({ contentType: "text/html", body: html }));
    await tab.goto("http://localhost:5173/");
    const pay = (order: string, token: string) =>
      tab.evaluate(([order, token]) => (globalThis as never as Page).pay(order, 3300, token), [order, token] as const);
    // Twice, as a second click.
    expect(await Promise.all([pay("2006", "pm_card_visa"), pay("2006", "pm_card_visa")])).toEqual([
      "succeeded",
      "succeeded",
    ]);
    expect(await pay("2007", "pm_card_chargeDeclined")).toBe("declined");
    expect(await stack.query("SELECT status FROM payments WHERE order_reference = '2006'")).toEqual([
      { status: "succeeded" },
    ]);
    await context.close();
  }
});

interface Page {
  pay(order: string, amount: number, token: string): Promise<string>;
}

describe("the samples of the calls", () => {
  interface Call {
    operationId: string;
    description: string;
    responses: Record<string, unknown>;
  }
  const calls = Object.values<Record<string, Call>>(document.paths).flatMap((path) => Object.values(path));
  const samples = calls.flatMap((call) => readFences(call.description).map(({ text }) => ({ ...call, text })));

  /** After these, others have nothing to be about. */
  const LAST = ["disableWebhookEndpoint", "deleteWebhookEndpoint"];

  test("are answered as described, without an error", async () => {
    expect(samples.length).toBeGreaterThan(20);
    const ids: Record<string, string> = await makeWhatTheyNeed();
    const isLast = ({ operationId }: Call) => LAST.indexOf(operationId);
    for (const { operationId, text, responses } of samples.toSorted((a, b) => isLast(a) - isLast(b))) {
      const variables = operationId === "cancelPayment" ? { ...ids, PAYMENT: ids.CANCELABLE ?? "" } : ids;
      const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
      const printed = await shell.run(`${exports.join("\n")}\n${text.replace("curl -s", "curl -si")}`);
      const status = /^HTTP\/1\.1 (\d+)/.exec(printed)?.[1] ?? printed;
      expect({ operationId, status, isDescribed: status in responses }).toEqual({
        operationId,
        status: expect.stringMatching(/^2/),
        isDescribed: true,
      });
    }
  });

  /** A payment that was charged, one that waits, a refund, an endpoint and a delivery to it: all that samples name. */
  async function makeWhatTheyNeed() {
    const { checkout, info } = stack;
    const post = async (path: string, body: object) => {
      const headers = {
        authorization: `Bearer ${info.secretKey}`,
        "content-type": "application/json",
        "idempotency-key": path,
      };
      const response = await fetch(`${info.apiUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return (await response.json()) as { id: string };
    };
    const endpoint = await post("/v1/webhook_endpoints", { url: "https://shop.example/hooks" });
    const payment = await checkout.pay({});
    await checkout.outcome(payment);
    const refund = await post(`/v1/payments/${payment}/refunds`, { amount: 1 });
    const deliveries = "SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 LIMIT 1";
    const delivery = await until("a delivery is there", async () => (await stack.query(deliveries, [endpoint.id]))[0]);
    const cancelable = await checkout.pay({ payment_method: "pm_sim_create_500_stored" });
    await until("it waits for its next try", async () => (await checkout.get(cancelable)).body.status === "retry_wait");
    const ids = { PAYMENT: payment, REFUND: refund.id, ENDPOINT: endpoint.id, DELIVERY: delivery.id };
    return { ...ids, CANCELABLE: cancelable };
  }
});

describe("README.md", () => {
  const examples = withAnswers(readme.filter(({ text }) => isRun({ text } as Fence)));

  test.each(examples.map(({ fence, answer }) => [fence.chapter, fence.text, answer] as const))(
    "%s: what it shows is what one gets",
    async (_chapter, text, answer) => {
      const printed = await shell.run(text);
      expect({ printed, missing: answer && findMissing(answer, printed) }).toEqual({ printed, missing: [] });
    },
  );

  test("has examples that are run", () => {
    expect(examples.length).toBeGreaterThan(0);
  });
});

describe("the collections", () => {
  test("Bruno's is answered as it says", async () => {
    const { apiUrl: baseUrl, secretKey, publishableKey } = stack.info;
    const variables = new Map<string, unknown>(Object.entries({ baseUrl, secretKey, publishableKey }));
    const environment = readEnvironment(fileOf("collections/bruno/environments/local.bru"));
    expect(environment.toSorted()).toEqual([...variables.keys()].toSorted());
    const requests = readCollection(fileOf("collections/bruno"));
    expect(requests.length).toBeGreaterThan(20);
    for (const request of requests) {
      expect(request.assertions?.length).toBeGreaterThan(0);
      expect(await sendBruno(request, variables)).toEqual([]);
    }
  });

  test("the .http file is answered as it says", async () => {
    const { variables, requests } = parseHttpFile(textOf("collections/payonce.http"));
    const { apiUrl, secretKey, publishableKey } = stack.info;
    const own = { baseUrl: apiUrl, secretKey, publishableKey };
    for (const [name, value] of Object.entries(own)) {
      expect(variables.has(name)).toBe(true);
      variables.set(name, value);
    }
    expect(requests.length).toBeGreaterThan(15);
    const answers = new Map<string, unknown>();
    for (const request of requests) expect(await sendHttp(request, variables, answers)).toEqual([]);
  });
});
