import { drawKey, drawPayment, type VisitKind } from "./visit.ts";

/** A used key with another body: at once, so that either may win, or afterwards. */
export const otherBody: VisitKind = {
  name: "other-body",
  weight: 2,
  async go({ shop, random }) {
    const [first, idempotencyKey, atOnce] = [drawPayment(random), drawKey(random), random.chance(0.5)];
    const other = { ...first, amount: Number(first.amount) + 1 };
    const send = (body: Record<string, unknown>) =>
      shop.insist({ call: "pay", path: "/v1/payments", idempotencyKey, body });
    if (atOnce) await Promise.all([send(first), send(other)]);
    else {
      await send(first);
      await send(other);
      await send(first);
    }
  },
};
