import type { Invariant } from "./invariant.ts";

/** Durability of the 202. */
export const answeredPaymentsExist: Invariant = {
  id: "4",
  says: "what a client was promised with a 2xx is there, of its merchant and amount",
  holds: "always",
  find({ requests, payments, refunds }) {
    const kept = new Map(payments.map((payment) => [payment.id, payment]));
    const keptRefunds = new Map(refunds.map((refund) => [refund.id, refund]));
    return requests.flatMap(({ call, status, answer, body, merchantId }) => {
      if (status !== 202 || !answer || !body) return [];
      const id = String(answer.id);
      if (call === "pay") {
        const payment = kept.get(id);
        if (!payment) return [{ paymentId: id, what: "was accepted with 202, and is gone" }];
        const isAsAsked =
          payment.amountMinor === body.amount &&
          payment.currency === body.currency &&
          payment.merchantId === merchantId;
        return isAsAsked ? [] : [{ paymentId: id, what: "was accepted with 202, and is not what was asked for" }];
      }
      if (call !== "refund") return [];
      const refund = keptRefunds.get(id);
      const paymentId = String(answer.payment ?? "");
      if (!refund) return [{ paymentId, what: `its refund ${id} was accepted with 202, and is gone` }];
      const isAsAsked = body.amount === undefined || refund.amountMinor === body.amount;
      return isAsAsked ? [] : [{ paymentId, what: `its refund ${id} is over another amount than asked for` }];
    });
  },
};
