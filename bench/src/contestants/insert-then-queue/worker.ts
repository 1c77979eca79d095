import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { chargePayment } from "../peer/charge-payment.ts";
import { config, openPool, POOL_SIZE } from "../peer/peer-config.ts";
import { QUEUE } from "./queue.ts";

const pool = openPool();
const worker = new Worker(QUEUE, (job) => chargePayment(pool, job.data.paymentId), {
  connection: new Redis(config.REDIS_URL, { maxRetriesPerRequest: null }),
  concurrency: POOL_SIZE,
});
worker.on("error", (error) => console.error(error));
await worker.waitUntilReady();
console.log("working");
process.on("SIGTERM", () => process.exit(0));
