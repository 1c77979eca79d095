import type { VisitKind } from "./visit.ts";
import { drawKey, drawPayment } from "./visit.ts";

/** Pays, and asks again under the same key when its patience was too short for the answer. */
export const pay: VisitKind = {
  name: "pay",
  weight: 8,
  async go({ shop, random }) {
    const body = drawPayment(random);
    const patienceMs = random.pick([5, 20, 80, 400, 4_000, 4_000]);
    await shop.insist({ call: "pay", path: "/v1/payments", idempotencyKey: drawKey(random), body, patienceMs });
  },
};
