import pg from "pg"; import { listQuery } from "./dist/list-payments.js";
const c = new pg.Client(process.env.U); await c.connect();
const day = (n) => new Date(Date.now() - n * 86400000);
const cases = {
 none: {}, after: { startingAfter: 'pay_' + (500000).toString(16).padStart(26,'0') }, before: { endingBefore: 'pay_' + (500000).toString(16).padStart(26,'0') },
 ...Object.fromEntries(["succeeded","declined","canceled","dead_lettered","unknown","queued","retry_wait"].map(s=>[s,{statuses:[s]}])),
 open: {statuses:["queued","charging","retry_wait","unknown","dead_lettered"]}, mix: {statuses:["succeeded","canceled","queued"]},
 order: {orderReference:'order-382-true'}, orderNone: {orderReference:'nope'}, orderStatus: {orderReference:'order-382-true', statuses:["declined"]},
 created: {createdFrom: day(6), createdTo: day(5)}, createdDeclined: {createdFrom: day(6), createdTo: day(5), statuses:["declined"]}, createdCanceled: {createdFrom: day(6), createdTo: day(5), statuses:["canceled"]},
};
for (const m of ["mer_big","mer_two","mer_small"]) for (const [name, f] of Object.entries(cases)) {
  const q = listQuery({ merchantId: m, limit: 11, ...f });
  const { rows } = await c.query({ text: "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + q.text, values: q.values });
  const r = rows[0]["QUERY PLAN"][0]; const scans = []; let removed = 0;
  (function walk(p) { if (p["Index Name"] || p["Node Type"].includes("Seq")) scans.push((p["Index Name"] ?? "SEQ") + (p["Node Type"].includes("Bitmap") ? "*" : "")); removed += (p["Rows Removed by Filter"] ?? 0) * p["Actual Loops"]; for (const k of p.Plans ?? []) walk(k); })(r.Plan);
  console.log(m.padEnd(10), name.padEnd(16), String(r.Plan["Actual Rows"]).padStart(4), "rows", r["Execution Time"].toFixed(2).padStart(9), "ms", String(r.Plan["Shared Hit Blocks"] + r.Plan["Shared Read Blocks"]).padStart(6), "buffers, removed", removed, [...new Set(scans)].join(" "));
}
await c.end();
