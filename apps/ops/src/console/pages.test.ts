import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { deadLetterOneRefund } from "@payonce/db/testing";
import { PAYMENT_STATES } from "@payonce/domain";
import { type Agent, startTestOps, type TestOps } from "../test-ops.ts";
import { HOSTILE, insertDeadLetter, insertHostilePayment, insertPayment } from "./test-payments.ts";
import { insertHostileDelivery } from "./test-webhooks.ts";

let ops: TestOps;
let operator: Agent;
let viewer: Agent;
let paths: string[];
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
  viewer = await ops.signIn("viewer");
  const { id, anomalyId } = await insertHostilePayment(ops.db);
  const dead = await insertDeadLetter(ops.db);
  const started = await operator.post("/dead-letters/retry/start", {
    id: [id, dead],
    expectedCount: "2",
    ratePerSecond: "1",
    reason: HOSTILE,
  });
  const run = started.headers.location?.split("?")[0] ?? "";
  const inEachState = await Promise.all(PAYMENT_STATES.map((status) => insertPayment(ops.db, { status })));
  const search = encodeURIComponent(HOSTILE);
  const told = await insertHostileDelivery(ops.db);
  const refund = await deadLetterOneRefund(ops.db, told.merchantId, { outcomeUnknown: true });
  const { rows } = await ops.db.pool.query("SELECT payment_id FROM refunds WHERE id = $1", [refund]);
  paths = [
    ...["/", "/?live=off", "/payments", "/dead-letters", "/anomalies", "/anomalies?state=resolved", "/bulk-runs"],
    ...["/audit", `/audit?actor=${search}&action=${search}&payment=${search}`],
    ...[`/payments?search=${search}&merchant=${search}`, "/payments?status=canceled"],
    `/dead-letters?search=${search}&merchant=${search}&account=${search}&why=${search}&age=over-day&outcome=known`,
    ...[id, ...inEachState].map((one) => `/payments/${one}`),
    ...[`/payments/${id}/now?version=1`, "/overview/figures", "/overview/throughput", `${run}/progress?status=running`],
    ...[`/anomalies/${anomalyId}`, run],
    ...["/refunds", "/refunds?status=dead_lettered", "/dead-letters?kind=refund", `/payments/${rows[0].payment_id}`],
    ...["/webhooks", "/webhooks?trouble=dead_letters", `/webhook-endpoints/${told.endpointId}`],
    ...[`/webhook-endpoints/${told.endpointId}?status=succeeded`, `/webhook-deliveries/${told.deliveryId}`],
    ...["/merchants", `/merchants/${told.merchantId}`],
  ];
});
afterAll(() => ops.stop());

const isFragment = (path: string) => /now\?|\/overview\/|progress/.test(path);

describe("every page", () => {
  test("is there, for operators and for viewers", async () => {
    for (const agent of [operator, viewer])
      for (const path of paths) {
        const { status, headers } = await agent.get(path);
        expect({ path, status, type: headers["content-type"] }).toEqual({
          path,
          status: 200,
          type: "text/html; charset=utf-8",
        });
      }
  });

  test("is a document with a title, landmarks, one heading of the first level and a way past the menu", async () => {
    for (const path of paths.filter((one) => !isFragment(one))) {
      const { text } = await operator.get(path);
      expect(text).toMatch(/^<!doctype html><html lang="en">/);
      expect(text).toMatch(/<title>[^<]+ · Payonce console<\/title>/);
      for (const element of ["main", "header", "footer", "h1"]) {
        const found = text.match(new RegExp(`<${element}[ >]`, "g"));
        expect({ path, element, count: found?.length }).toEqual({ path, element, count: 1 });
      }
      expect(text).toContain('<nav aria-label="Main">');
      expect(text).toContain('<a class="skip-link" href="#main">');
      expect(text).toContain("Sign out");
    }
  });

  test("marks where in the navigation it is", async () => {
    for (const path of [
      ...["/", "/payments", "/refunds", "/dead-letters", "/anomalies"],
      ...["/webhooks", "/merchants", "/bulk-runs", "/audit"],
    ]) {
      const { text } = await viewer.get(path);
      expect(text.match(/<a href="([^"]*)" aria-current="page"/)?.[1]).toBe(path);
    }
  });

  test("shows what others wrote as text, whatever they wrote", async () => {
    for (const path of paths) {
      const { text } = await operator.get(path);
      expect({ path, isRaw: /<script>|<img/.test(text) }).toEqual({ path, isRaw: false });
    }
    const shown = await Promise.all(["/dead-letters", "/audit", "/payments", "/"].map((path) => operator.get(path)));
    for (const { text } of shown) expect(text).toContain("&lt;script>alert(1)&lt;/script>");
  });

  test("has no script, style or handler of its own within it, as its Content-Security-Policy demands", async () => {
    for (const path of paths) {
      const { text, headers } = await operator.get(path);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      for (const script of text.match(/<script[^>]*>/g) ?? [])
        expect(script).toMatch(/^<script src="\/assets\/\w+\.[0-9a-f]{12}\.js" defer/);
      // Of what we write ourselves: what others wrote has its quotes escaped, and so no attributes.
      expect({ path, found: text.match(/<style|<[^>]*\s(style|on\w+)="/)?.[0] }).toEqual({ path, found: undefined });
    }
  });

  test("labels each of its fields", async () => {
    for (const path of paths.filter((one) => !isFragment(one))) {
      const { text } = await operator.get(path);
      const controls = text.match(/<(input|select|textarea)\b[^>]*>/g) ?? [];
      const unlabelled = controls.filter((control) => {
        const id = / id="([^"]*)"/.exec(control)?.[1];
        const isByItself = /type="hidden"|aria-label=|type="radio"|data-chooses/.test(control);
        return !isByItself && !(id && text.includes(`for="${id}"`));
      });
      expect({ path, unlabelled }).toEqual({ path, unlabelled: [] });
    }
  });
});

describe("viewers", () => {
  test("see no form but the one to sign out, on no page", async () => {
    for (const path of paths) {
      const { text } = await viewer.get(path);
      const forms = (text.match(/<form[^>]*method="post"[^>]*>/g) ?? []).filter((form) => !form.includes("/sign-out"));
      expect({ path, forms }).toEqual({ path, forms: [] });
    }
  });

  test("are refused when they send one all the same", async () => {
    const id = await insertDeadLetter(ops.db);
    const sent = ["retry", "discard", "resolve", "look-up", "cancel"].map((action) => `/payments/${id}/${action}`);
    const none = "0".repeat(26);
    const acting = [
      ...["retry", "discard", "resolve", "look-up"].map((action) => `/refunds/ref_${none}/${action}`),
      ...["enable", "disable", "redeliver"].map((action) => `/webhook-endpoints/whe_${none}/${action}`),
      `/webhook-deliveries/whd_${none}/redeliver`,
    ];
    for (const path of [...sent, "/pause/charges", "/resume/charges", "/dead-letters/retry/start", ...acting]) {
      const { status, text } = await viewer.post(path, { reason: "because", version: "2", confirm: "yes" });
      expect({ path, status }).toEqual({ path, status: 403 });
      expect(text).toContain("role does not allow this");
    }
    const { rows } = await ops.db.pool.query("SELECT status, version FROM payments WHERE id = $1", [id]);
    expect(rows).toEqual([{ status: "dead_lettered", version: 2 }]);
  });
});

describe("addresses", () => {
  test("that name nothing are 404, with a page that says so", async () => {
    const unknown = "0".repeat(26);
    for (const path of [
      `/payments/pay_${unknown}`,
      "/payments/x",
      `/anomalies/ano_${unknown}`,
      `/bulk-runs/blk_${unknown}`,
      `/refunds/ref_${unknown}`,
      `/webhook-endpoints/whe_${unknown}`,
      `/webhook-deliveries/whd_${unknown}`,
      `/merchants/mer_${unknown}`,
    ]) {
      const { status, text } = await operator.get(path);
      expect({ path, status }).toEqual({ path, status: 404 });
      expect(text).toMatch(
        /<h1>There is no such (payment|anomaly|bulk run|refund|webhook endpoint|webhook delivery|merchant)<\/h1>/,
      );
    }
  });

  test("with values that cannot be are 400, and repeat none of them", async () => {
    for (const path of [
      "/payments?status=paid",
      "/payments?before=<b>",
      "/dead-letters?age=old",
      "/audit?before=1",
      "/payments?search=a&search=b",
    ]) {
      const { status, text } = await operator.get(path);
      expect({ path, status }).toEqual({ path, status: 400 });
      expect(text).not.toContain("<b>");
    }
  });

  test("with a card number are refused, and do not repeat it", async () => {
    for (const path of ["/payments", "/dead-letters"]) {
      const { status, text } = await operator.get(`${path}?search=4242424242424242`);
      expect(status).toBe(400);
      expect(text).not.toContain("4242");
    }
  });

  test("of forms lead back to the form's page when they are loaded", async () => {
    const id = await insertDeadLetter(ops.db);
    expect((await operator.get(`/payments/${id}/retry`)).headers.location).toBe(`/payments/${id}`);
    expect((await operator.get("/pause/charges")).headers.location).toBe("/");
    expect((await operator.send("put", "/pause/charges")).status).toBe(405);
  });

  test("say what was done in fixed words, and repeat nothing else", async () => {
    const { text } = await operator.get("/?notice=paused");
    expect(text).toContain("Paused. Payments are accepted, and none is charged until somebody resumes.");
    for (const notice of [
      "<script>alert(2)</script>",
      "toString",
      "constructor",
      "Your card was charged",
      "paused&notice=resumed",
    ]) {
      const page = await operator.get(
        `/?notice=${notice === "paused&notice=resumed" ? notice : encodeURIComponent(notice)}`,
      );
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('class="notice');
    }
  });
});
