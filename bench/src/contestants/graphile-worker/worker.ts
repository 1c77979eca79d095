import { Logger, run } from "graphile-worker";
import { chargePayment } from "../peer/charge-payment.ts";
import { config, openPool, POOL_SIZE } from "../peer/peer-config.ts";

const pool = openPool();
// One line for each job would be one that no other contestant writes.
const logger = new Logger(() => (level, message) => {
  if (level === "error" || level === "warning") console.error(message);
});

await run({
  connectionString: config.DATABASE_URL,
  logger,
  noHandleSignals: true,
  taskList: { charge: (payload) => chargePayment(pool, (payload as { paymentId: string }).paymentId) },
  preset: {
    worker: {
      concurrentJobs: POOL_SIZE,
      maxPoolSize: POOL_SIZE + 2,
      // A burst is fetched and completed many at a time; a single job is woken by NOTIFY and waits for neither.
      localQueue: { size: 100 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
});
console.log("working");
process.on("SIGTERM", () => process.exit(0));
