import { CANARIES } from "../canaries.ts";
import { drawKey, drawPayment, type VisitKind } from "./visit.ts";

/** Sends what must not be sent: a card's number instead of a token, or in a text. */
export const badRequest: VisitKind = {
  name: "bad-request",
  weight: 1,
  async go({ shop, random }) {
    const [body, idempotencyKey, canary] = [drawPayment(random), drawKey(random), random.pick(CANARIES)];
    const field = random.pick(["payment_method", "description", "order_reference", "idempotency_key"]);
    const isKey = field === "idempotency_key";
    await shop.ask({
      call: "bad_request",
      path: "/v1/payments",
      idempotencyKey: isKey ? canary : idempotencyKey,
      body: isKey ? body : { ...body, [field]: canary },
    });
  },
};
