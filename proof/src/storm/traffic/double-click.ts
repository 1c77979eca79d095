import { drawKey, drawPayment, type VisitKind } from "./visit.ts";

/** The same request several times at once. */
export const doubleClick: VisitKind = {
  name: "double-click",
  weight: 4,
  async go({ shop, random }) {
    const [body, idempotencyKey, clicks] = [drawPayment(random), drawKey(random), random.between(2, 4)];
    const click = () => shop.insist({ call: "pay", path: "/v1/payments", idempotencyKey, body });
    await Promise.all(Array.from({ length: clicks }, click));
  },
};
