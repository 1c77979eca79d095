import { test } from "@jest/globals";
import { acceptPayments } from "@payonce/db";
import { acceptRequest } from "@payonce/db/testing";
import { createTestNotifier, until } from "./test-notifier.ts";
import { startReceiver } from "./test-receiver.ts";

test("throughput", async () => {
  const notifier = await createTestNotifier();
  for (const [endpoints, places] of [[1, 10], [1, 100], [10, 10]] as const) {
    const receivers = await Promise.all(Array.from({ length: endpoints }, () => startReceiver()));
    const merchants = await Promise.all(receivers.map(({ url }) => notifier.merchantWith(url)));
    const N = 3000;
    for (let i = 0; i < N; i += 100) await acceptPayments(notifier.db, Array.from({ length: 100 }, (_, k) => acceptRequest(merchants[k % endpoints]!.merchantId)));
    let t = performance.now();
    while (await notifier.feed.runOnce());
    console.info(endpoints, "endpoints: fan-out", Math.round(N / ((performance.now() - t) / 1000)), "events/s");
    t = performance.now();
    const cpu = process.cpuUsage();
    notifier.startWorker({ concurrency: 100, places });
    await until(async () => (await notifier.db.pool.query("SELECT 1 FROM webhook_deliveries WHERE status <> 'succeeded' LIMIT 1")).rowCount === 0, 120_000);
    const used = process.cpuUsage(cpu);
    console.info(endpoints, "endpoints", places, "places: deliveries", Math.round(N / ((performance.now() - t) / 1000)), "/s; requests", receivers.reduce((n, r) => n + r.received.length, 0), "cpu s", (used.user + used.system) / 1e6, "of", (performance.now() - t) / 1000);
    console.info(JSON.stringify((globalThis as any).STATS)); (globalThis as any).STATS = undefined;
    await notifier.stopWorkers();
    await notifier.jobs.obliterate({ force: true });
    await notifier.db.pool.query("TRUNCATE payments, webhook_endpoints, webhook_outbox CASCADE");
    for (const r of receivers) await r.close();
  }
  await notifier.stop();
}, 300_000);
