import { drawRefundCard } from "./cards.ts";
import type { Shop } from "./shop.ts";
import { drawKey, drawPayment, type VisitKind } from "./visit.ts";

/** Pays, and has the money sent back: all of it, in parts, or more often than there is money for. */
export const refund: VisitKind = {
  name: "refund",
  weight: 4,
  async go({ shop, random }) {
    const amount = random.between(1_000, 100_000);
    const body = { ...drawPayment(random), amount, payment_method: drawRefundCard(random) };
    const idempotencyKey = drawKey(random);
    const style = random.pick(["full", "parts", "raced", "repeated"] as const);
    const keys = Array.from({ length: 5 }, () => drawKey(random));
    const part = Math.floor(amount / random.between(2, 4));
    const paid = await shop.insist({ call: "pay", path: "/v1/payments", idempotencyKey, body });
    if (paid?.status !== 202) return;
    const id = String(paid.body.id);
    const status = await shop.awaitStatus(id, ["succeeded", "declined", "canceled", "dead_lettered"], 20_000);
    if (status !== "succeeded") return;
    const back = (key: string | undefined, wanted: number | null) => askBack(shop, id, key ?? "", wanted);
    if (style === "full") await back(keys[0], null);
    else if (style === "parts") for (const key of keys.slice(0, 3)) await back(key, part);
    // Together they want more than there is.
    else if (style === "raced") await Promise.all(keys.map((key) => back(key, part)));
    else await Promise.all([1, 2, 3].map(() => back(keys[0], part)));
  },
};

function askBack(shop: Shop, id: string, idempotencyKey: string, amount: number | null) {
  const body = amount === null ? {} : { amount };
  return shop.insist({ call: "refund", path: `/v1/payments/${id}/refunds`, idempotencyKey, body, patienceMs: 400 });
}
