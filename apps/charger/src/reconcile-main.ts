import { once } from "node:events";
import {
  connectDatabase,
  listFindings,
  type ReconciliationRun,
  readInstallationId,
  type ToldFinding,
} from "@payonce/db";
import { readConfig } from "@payonce/service";
import type pg from "pg";
import { configSchema } from "./config.ts";
import { withLocalStack } from "./local-stack.ts";
import type { Period } from "./providers/provider.ts";
import { createStripeProvider } from "./providers/stripe/stripe-provider.ts";
import { parseArguments, USAGE } from "./reconcile-arguments.ts";
import { type PeriodResult, reconcilePeriod } from "./reconcile-period.ts";
import { reportForMachines, reportForPeople } from "./reconcile-report.ts";

/** 0 and 1 are answers; this is none. */
const COULD_NOT_RUN = 2;
const FINDINGS_PAGE = 1_000;

const parsed = parseArguments(process.argv.slice(2), new Date());
if (parsed === "help") console.log(USAGE);
else if ("mistake" in parsed) giveUp(`${parsed.mistake}\n\n${USAGE}`);
else {
  try {
    await run(parsed);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    // Who reads the report has seen enough of it, as `head` has.
    if (code !== "EPIPE")
      giveUp(`Could not reconcile: ${message || code}. The same command goes on from where it was.`);
  }
}

async function run({ period, isJson }: { period: Period; isJson: boolean }): Promise<void> {
  const config = readConfig(
    configSchema.pick({
      DATABASE_URL: true,
      STRIPE_API_KEY: true,
      STRIPE_API_BASE: true,
      STRIPE_ACCOUNT: true,
      PROVIDER_TIMEOUT_MS: true,
    }),
    withLocalStack(process.env),
    COULD_NOT_RUN,
  );
  const db = connectDatabase({ url: config.DATABASE_URL, applicationName: "payonce-reconcile", maxConnections: 2 });
  const stopping = new AbortController();
  // Once: who asks again means now.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
  try {
    const provider = createStripeProvider({
      apiKey: config.STRIPE_API_KEY,
      apiBase: config.STRIPE_API_BASE,
      callTimeoutMs: config.PROVIDER_TIMEOUT_MS,
      installationId: await readInstallationId(db.pool),
      account: config.STRIPE_ACCOUNT,
      onKeyRefused: () => console.error("The provider refuses STRIPE_API_KEY."),
    });
    try {
      const onProgress = process.stderr.isTTY ? showProgress : undefined;
      const options = { pool: db.pool, provider, now: new Date(), signal: stopping.signal, onProgress };
      await tell(await reconcilePeriod(options, period), db.pool, isJson, config.STRIPE_API_BASE);
    } finally {
      provider.close();
    }
  } finally {
    await db.close();
  }
}

async function tell(result: PeriodResult, pool: pg.Pool, isJson: boolean, providerUrl: string): Promise<void> {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const goesOn = "The same command goes on from where it was.";
  switch (result.kind) {
    case "taken":
      return giveUp("Another process is reconciling this period right now.");
    case "stopped":
      return giveUp(`Stopped. ${goesOn}`);
    case "provider_unreachable":
      if (result.run === null) return giveUp(`The provider at ${providerUrl} does not say whose STRIPE_API_KEY it is.`);
      return giveUp(`The provider at ${providerUrl} cannot be asked (${result.code}). ${goesOn}`);
    case "finished": {
      const report = (isJson ? reportForMachines : reportForPeople)(result.run, findingsOf(pool, result.run));
      for await (const chunk of report) if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
      process.exitCode = result.run.healing + result.run.anomalies > 0 ? 1 : 0;
    }
  }
}

async function* findingsOf(pool: pg.Pool, run: ReconciliationRun): AsyncGenerator<ToldFinding> {
  for (let after: ToldFinding | null = null; ; ) {
    const page: ToldFinding[] = await listFindings(pool, run, after, FINDINGS_PAGE);
    yield* page;
    after = page.at(-1) ?? null;
    if (!after || page.length < FINDINGS_PAGE) return;
  }
}

function showProgress({ charges, payments }: ReconciliationRun): void {
  process.stderr.write(
    `\r${charges.toLocaleString("en")} charges and ${payments.toLocaleString("en")} payments compared`,
  );
}

function giveUp(message: string): void {
  console.error(message);
  process.exitCode = COULD_NOT_RUN;
}
