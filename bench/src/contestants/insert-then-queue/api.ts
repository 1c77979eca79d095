import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { config, openPool } from "../peer/peer-config.ts";
import { INSERT_PAYMENT, insertValues } from "../peer/peer-tables.ts";
import { servePayments } from "../peer/serve-payments.ts";
import { JOB_OPTIONS, QUEUE } from "./queue.ts";

const pool = openPool();
const queue = new Queue(QUEUE, { connection: new Redis(config.REDIS_URL) });

/** Two stores, one after the other: a crash in between leaves a payment that nobody charges. */
servePayments(async (payment) => {
  await pool.query({ name: "insert", text: INSERT_PAYMENT, values: insertValues(payment) });
  await queue.add("charge", { paymentId: payment.id }, JOB_OPTIONS);
});
