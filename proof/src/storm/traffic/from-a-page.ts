import { drawKey, drawPayment, type VisitKind } from "./visit.ts";

/** From which the merchants of the storm let their pages pay. */
export const SHOP_ORIGIN = "https://shop.example";

/** A browser, with the publishable key and a secret of its own. */
export const fromAPage: VisitKind = {
  name: "from-a-page",
  weight: 2,
  async go({ shop, random, stack }) {
    const [body, idempotencyKey] = [drawPayment(random), drawKey(random)];
    const secret = Array.from({ length: 8 }, () => random.between(0, 0xffff_ffff).toString(16).padStart(8, "0")).join(
      "",
    );
    const tenant = stack.tenants.find(({ merchantId }) => merchantId === shop.merchantId);
    const headers = {
      authorization: `Bearer ${tenant?.publishableKey}`,
      origin: SHOP_ORIGIN,
      "payonce-client-secret": secret,
    };
    const patienceMs = random.pick([10, 100, 4_000]);
    await shop.insist({ call: "pay", path: "/v1/payments", idempotencyKey, body, headers, patienceMs });
  },
};
