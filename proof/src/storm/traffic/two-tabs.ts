import { drawKey, drawPayment, type VisitKind } from "./visit.ts";

/** One order, two tabs, each with a key of its own. */
export const twoTabs: VisitKind = {
  name: "two-tabs",
  weight: 3,
  async go({ shop, random }) {
    const order = `order-${drawKey(random)}`;
    const tabs = [0, 1].map(() => ({
      idempotencyKey: drawKey(random),
      body: { ...drawPayment(random), order_reference: order },
    }));
    await Promise.all(tabs.map((tab) => shop.insist({ call: "pay", path: "/v1/payments", ...tab })));
  },
};
