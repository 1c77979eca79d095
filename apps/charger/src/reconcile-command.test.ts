import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { ReconciliationRun, ToldFinding } from "@payonce/db";
import { withLocalStack } from "./local-stack.ts";
import { parseArguments } from "./reconcile-arguments.ts";
import { reportForMachines, reportForPeople } from "./reconcile-report.ts";

const now = new Date("2026-11-22T09:30:00Z");
const period = (...args: string[]) => {
  const parsed = parseArguments(args, now);
  if (typeof parsed === "string" || "mistake" in parsed) throw new Error(JSON.stringify(parsed));
  return [parsed.period.from.toISOString(), parsed.period.to.toISOString()];
};

describe("the period of the command", () => {
  test("holds both days that are named, in UTC", () => {
    expect(period("--from", "2026-11-01", "--to", "2026-11-21")).toEqual([
      "2026-11-01T00:00:00.000Z",
      "2026-11-22T00:00:00.000Z",
    ]);
    expect(period("--from=2026-11-01", "--to=2026-11-01")).toEqual([
      "2026-11-01T00:00:00.000Z",
      "2026-11-02T00:00:00.000Z",
    ]);
  });

  test("ends exactly at a time that is given", () => {
    expect(period("--from", "2026-11-01T08:00:00Z", "--to", "2026-11-01T10:00:00+01:00")).toEqual([
      "2026-11-01T08:00:00.000Z",
      "2026-11-01T09:00:00.000Z",
    ]);
  });

  test("is yesterday and today where not said: the same one all day, so that an unfinished run is found again", () => {
    expect(period()).toEqual(["2026-11-21T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]);
  });

  test.each([
    [["--from", "2026-02-30"], "--from 2026-02-30 is not a day"],
    [["--from", "2026-11-01T08:00:00"], "is not a day"],
    [["--to", "yesterday"], "--to yesterday is not a day"],
    [["--from", "2026-11-20", "--to", "2026-11-19"], "--from must be before --to"],
    [["--from", "2026-11-23", "--to", "2026-11-24"], "must not be in the future"],
    [["--form", "2026-11-20"], "--form"],
    [["2026-11-20"], "2026-11-20"],
  ])("is refused when it is %j", (args, mistake) => {
    expect(parseArguments(args, now)).toEqual({ mistake: expect.stringContaining(mistake) });
  });

  test("asked for help, it is not asked for at all", () => {
    expect(parseArguments(["-h"], now)).toBe("help");
  });
});

describe("the report", () => {
  const run: ReconciliationRun = {
    id: "rec_1",
    periodFrom: new Date("2026-11-21T00:00:00Z"),
    periodTo: new Date("2026-11-23T00:00:00Z"),
    chargesTo: now,
    providerAccount: "acct_test",
    providerCursor: null,
    isProviderListed: true,
    paymentCursor: null,
    startedAt: now,
    finishedAt: now,
    charges: 1_200,
    payments: 1,
    healing: 0,
    anomalies: 0,
  };
  const finding: ToldFinding = {
    kind: "provider_mismatch",
    providerObjectId: "pi_1",
    paymentId: "pay_1",
    paymentStatus: "succeeded",
    amountMinor: 4200,
    currency: "eur",
    isNew: true,
  };
  async function* each(findings: ToldFinding[]) {
    yield* findings;
  }
  const text = async (chunks: AsyncIterable<string>) => {
    let whole = "";
    for await (const chunk of chunks) whole += chunk;
    return whole;
  };

  test("says so when nothing differs", async () => {
    const report = await text(reportForPeople(run, each([])));
    expect(report).toContain("1,200 charges");
    expect(report).toContain("1 succeeded payment of ours");
    expect(report).toMatch(/Nothing differs\.\n$/);
    expect(JSON.parse(await text(reportForMachines(run, each([]))))).toMatchObject({ charges: 1200, findings: [] });
  });

  test("shows people a line for each difference, the money and what it means, and machines all of it", async () => {
    const alone = { ...finding, kind: "charge_without_payment", paymentId: null, paymentStatus: null, isNew: false };
    const different = { ...run, anomalies: 60, healing: 1 };
    const findings = [alone, ...Array(60).fill({ ...finding, currency: "???" })];
    const report = await text(reportForPeople(different, each(findings)));
    expect(report).toMatch(/^charge_without_payment +none +- +pi_1 +42\.00 EUR +known$/m);
    expect(report).toMatch(/^provider_mismatch +pay_1 +succeeded +pi_1 +4200 \?\?\?$/m);
    expect(report).toContain("… and 11 more");
    expect(report).toContain("1 healing");
    expect(report).toContain("60 anomalies");
    const told = JSON.parse(await text(reportForMachines(different, each(findings))));
    expect(told.findings).toHaveLength(61);
    expect(told.findings[0]).toEqual({
      kind: "charge_without_payment",
      payment_id: null,
      payment_status: null,
      provider_object_id: "pi_1",
      amount: 4200,
      currency: "eur",
      is_new: false,
    });
  });
});

describe("beside a local stack", () => {
  const home = mkdtempSync(join(tmpdir(), "payonce-reconcile-"));
  afterAll(() => rmSync(home, { recursive: true }));

  test("the command takes all that it needs from stack.json, and no real key from the shell", () => {
    const env = { PAYONCE_HOME: home, STRIPE_API_KEY: "sk_live_1", STRIPE_ACCOUNT: "acct_1", LOG_LEVEL: "warn" };
    expect(withLocalStack(env)).toEqual(env);
    writeFileSync(
      join(home, "stack.json"),
      JSON.stringify({ databaseUrl: "postgresql://a", simulatorUrl: "http://b" }),
    );
    expect(withLocalStack(env)).toEqual({
      PAYONCE_HOME: home,
      LOG_LEVEL: "warn",
      DATABASE_URL: "postgresql://a",
      STRIPE_API_BASE: "http://b",
      STRIPE_API_KEY: "sk_test_simulator",
    });
    const own = { ...env, DATABASE_URL: "postgresql://own" };
    expect(withLocalStack(own)).toEqual(own);
  });
});
