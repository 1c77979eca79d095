import { chargePayment } from "../peer/charge-payment.ts";
import { config, openPool } from "../peer/peer-config.ts";
import { createBoss, POLLING_INTERVAL_SECONDS, QUEUE } from "./queue.ts";

// It looks for jobs once an interval: a batch has to hold what can be done in one.
const options = { batchSize: 1_000, pollingIntervalSeconds: POLLING_INTERVAL_SECONDS };

const pool = openPool();
const boss = createBoss(config.DATABASE_URL);
await boss.start();
await boss.work<{ paymentId: string }>(QUEUE, options, (jobs) =>
  // The pool lets as many through at a time as it has connections.
  Promise.all(jobs.map(({ data }) => chargePayment(pool, data.paymentId))),
);
console.log("working");
process.on("SIGTERM", () => process.exit(0));
