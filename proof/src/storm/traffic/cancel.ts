import { setTimeout as delay } from "node:timers/promises";
import { drawKey, drawPayment, type VisitKind } from "./visit.ts";

/** Pays and thinks better of it, at once or a little later, once or twice. */
export const cancel: VisitKind = {
  name: "cancel",
  weight: 3,
  async go({ shop, random }) {
    const [body, idempotencyKey] = [drawPayment(random), drawKey(random)];
    const [afterMs, times] = [random.pick([0, 0, 5, 30, 200, 1_000]), random.between(1, 2)];
    const paid = await shop.insist({ call: "pay", path: "/v1/payments", idempotencyKey, body });
    if (paid?.status !== 202) return;
    await delay(afterMs);
    const request = { call: "cancel" as const, path: `/v1/payments/${paid.body.id}/cancel`, patienceMs: 8_000 };
    await Promise.all(Array.from({ length: times }, () => shop.ask(request)));
  },
};
