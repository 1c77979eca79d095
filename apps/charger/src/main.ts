import { connectDatabase, readInstallationId } from "@payonce/db";
import {
  connectRedisForReading,
  createLogger,
  createRegistry,
  readConfig,
  readVersion,
  runService,
  startMetricsServer,
  warnIfRedisForgets,
} from "@payonce/service";
import { createBreaker } from "./breaker.ts";
import { leaseMsFor } from "./charge-payment.ts";
import { createConcurrency } from "./concurrency.ts";
import { configSchema } from "./config.ts";
import { keepTrying } from "./keep-trying.ts";
import { registerMetrics } from "./metrics.ts";
import { createPaymentWrites } from "./payment-writes.ts";
import { createStripeProvider } from "./providers/stripe/stripe-provider.ts";
import { startReconcileSchedule } from "./reconcile-schedule.ts";
import { startRefundWorker } from "./refunds/refund-worker.ts";
import { startReporting } from "./report-charger.ts";
import { startWorker } from "./worker.ts";

const config = readConfig(configSchema);
const logger = createLogger("charger", config.LOG_LEVEL);
const leaseMs = leaseMsFor(config.PROVIDER_TIMEOUT_MS);

await runService(
  logger,
  async () => {
    const db = connectDatabase({
      url: config.DATABASE_URL,
      applicationName: "payonce-charger",
      findsByKey: true,
      keepsPlans: true,
      maxConnections: config.DATABASE_POOL_SIZE,
      onConnectionLost: ({ message }) => logger.warn({ reason: message }, "lost a database connection"),
    });
    const redis = connectRedisForReading(config.REDIS_URL, logger);
    void warnIfRedisForgets(redis, logger);
    const registry = createRegistry("charger");
    const { observeAttempt, observeRefund, keyRefused, accountDiffers, breakerState, jobsAtOnce } =
      registerMetrics(registry);
    const metrics = await startMetricsServer(registry, config.HOST, config.METRICS_PORT);
    const provider = createStripeProvider({
      apiKey: config.STRIPE_API_KEY,
      apiBase: config.STRIPE_API_BASE,
      callTimeoutMs: config.PROVIDER_TIMEOUT_MS,
      installationId: await keepTrying(() => readInstallationId(db.pool), Number.POSITIVE_INFINITY),
      account: config.STRIPE_ACCOUNT,
      onKeyRefused() {
        keyRefused.inc();
        logger.error("Stripe refuses STRIPE_API_KEY: no payment gets through until it is mended");
      },
    });
    const breaker = createBreaker({
      failuresToOpen: config.BREAKER_FAILURES,
      openMs: config.BREAKER_OPEN_MS,
      maxOpenMs: config.BREAKER_MAX_OPEN_MS,
      now: () => performance.now(),
      onChange(state, openForMs) {
        breakerState.set(state);
        logger.warn({ state, openForMs }, "the breaker to the provider changed");
        for (const worker of workers) worker.obey(state, openForMs);
        reports.breakerChanged(state);
      },
    });
    const shared = {
      pool: db.pool,
      provider,
      leaseMs,
      retryWaitsMs: config.RETRY_WAITS_MS,
      random: Math.random,
      breaker,
      onAccountDiffers: () => accountDiffers.inc(),
      redis,
      prefix: config.REDIS_PREFIX,
      jobLockMs: config.JOB_LOCK_MS,
      logger,
    };
    const writes = createPaymentWrites(db.pool, leaseMs);
    const concurrency = createConcurrency({
      max: config.CHARGER_CONCURRENCY,
      now: () => performance.now(),
      onChange(limit) {
        jobsAtOnce.set(limit);
        charges.allow(limit);
      },
    });
    jobsAtOnce.set(config.CHARGER_CONCURRENCY);
    const charges = startWorker({
      ...shared,
      writes,
      onAttempt(result, durationMs) {
        observeAttempt(result, durationMs);
        if (result !== "lost") concurrency.note(result.code);
      },
      concurrency: config.CHARGER_CONCURRENCY,
    });
    const workers = [
      charges,
      startRefundWorker({
        ...shared,
        lookWaitsMs: config.REFUND_LOOK_WAITS_MS,
        quietMs: Math.max(config.REFUND_QUIET_MS, leaseMs),
        onAttempt: observeRefund,
        concurrency: config.REFUND_CONCURRENCY,
      }),
    ];
    const reports = startReporting(db.pool, readVersion(import.meta.url), logger);
    const schedule = startReconcileSchedule({
      pool: db.pool,
      provider,
      intervalMs: config.RECONCILE_INTERVAL_MS,
      windowMs: config.RECONCILE_WINDOW_MS,
      logger,
    });
    logger.info({ metricsPort: metrics.port, leaseMs }, "charging");

    return {
      async close() {
        // A call in flight ends within the lease; what takes longer is found out by the next charger.
        await Promise.all([...workers.map((worker) => worker.close(leaseMs)), schedule.close()]);
        provider.close();
        await reports.close();
        redis.disconnect();
        await metrics.close();
        await db.close();
      },
    };
  },
  leaseMs + 2_000,
);
