// scratch: measures lives of payments
import { randomUUID, createHash } from "node:crypto";
import { acceptPayments, claimPayments, connectDatabase, settleAttempts, storeProviderObject } from "./dist/index.js";
import { newId } from "@payonce/domain";
const N = Number(process.argv[2] ?? 2000), STATUS = process.argv[3] ?? "succeeded";
const db = connectDatabase({ url: process.env.U, applicationName: "life", maxConnections: 8 });
const stats = async () => { await db.pool.query("SELECT pg_stat_force_next_flush()"); await new Promise(r => setTimeout(r, 300)); return (await db.pool.query("SELECT n_tup_upd::int u, n_tup_hot_upd::int h FROM pg_stat_user_tables WHERE relname='payments'")).rows[0]; };
const wal = async () => BigInt((await db.pool.query("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(),'0/0')::bigint::text AS l")).rows[0].l);
let at = {}; const before = await stats(); const w0 = await wal(); const t0 = performance.now();
const one = async (i) => {
  const [r] = await acceptPayments(db, [{ id: newId("pay"), merchantId: "mer_big", idempotencyKey: randomUUID(), requestHash: createHash("sha256").update("x").digest("hex"), amountMinor: 4200, currency: "eur", paymentMethod: "pm_card_visa", orderReference: "life-" + randomUUID(), description: null, metadata: {} }]);
  const id = r.payment.id, attemptId = newId("att");
  const [c] = await claimPayments(db.pool, [{ attemptId, paymentId: id, forced: false }], 60000, { account: "a", apiVersion: "v" });
  const v = await storeProviderObject(db.pool, { paymentId: id, version: c.version, objectId: "pi_" + id, mayHaveCharged: false });
  await settleAttempts(db.pool, [{ attemptId, paymentId: id, version: v, outcome: STATUS, code: STATUS === "declined" ? "x" : null, evidence: [], status: STATUS, outcomeUnknown: false, waitMs: null, failureCode: STATUS === "declined" ? "x" : null, deadLetterReason: null, anomaly: null }]);
};
let n = 0; await Promise.all(Array.from({ length: 8 }, async () => { while (n++ < N) await one(); }));
const ms = performance.now() - t0; const after = await stats(); const w1 = await wal();
console.log(JSON.stringify({ N, STATUS, perSecond: Math.round(N / ms * 1000), updates: after.u - before.u, hot: after.h - before.h, walBytesPerPayment: Number((w1 - w0) / BigInt(N)) }));
// sweep-like update
const b2 = await stats(); await db.pool.query("UPDATE payments SET dispatch = dispatch + 1 WHERE id IN (SELECT id FROM payments WHERE merchant_id='mer_big' ORDER BY id DESC LIMIT 500)"); const a2 = await stats();
console.log("dispatch updates", a2.u - b2.u, "hot", a2.h - b2.h);
await db.close();
