import { createHash } from "node:crypto";
import { type AcceptRefundResult, acceptRefund, type Database } from "@payonce/db";
import {
  canonicalJson,
  createRefundRequestSchema,
  formatMoney,
  idSchema,
  newId,
  type PaymentState,
  PayonceError,
} from "@payonce/domain";
import { validate } from "@payonce/http";
import { crashPoint } from "@payonce/service";
import type { RequestHandler } from "express";
import { readIdempotencyKey } from "../http/read-idempotency-key.ts";
import { toRefundResource } from "./to-refund-resource.ts";

/**
 * `POST /v1/payments/{id}/refunds`: keeps the amount from every other refund and answers 202; the charger does the rest. The
 * same key and body always answer with the same refund, so a client that saw no answer sends its request again.
 */
export function createRefund(db: Database): RequestHandler {
  return async (request, response) => {
    const paymentId = idSchema("pay").safeParse(request.params.id).data;
    if (!paymentId) throw paymentNotFound();
    const idempotencyKey = readIdempotencyKey(request.get("idempotency-key"));
    const { amount, reason, metadata } = validate(createRefundRequestSchema, request.body, "field_invalid");
    // With the payment: the same body for another payment is another request.
    const sent = canonicalJson({ payment: paymentId, body: request.body });
    crashPoint("accept-refund.before");
    const result = await acceptRefund(db, {
      id: newId("ref"),
      paymentId,
      merchantId: response.locals.merchantId,
      idempotencyKey,
      requestHash: createHash("sha256").update(sent).digest("hex"),
      amountMinor: amount ?? null,
      reason: reason ?? null,
      metadata: metadata ?? {},
    });
    crashPoint("accept-refund.after");
    const refund = acceptedRefund(result, paymentId);
    if (result.kind === "replayed") response.setHeader("Idempotent-Replayed", "true");
    response.status(202).location(`/v1/refunds/${refund.id}`).json(toRefundResource(refund));
  };
}

function acceptedRefund(result: AcceptRefundResult, paymentId: string) {
  const payment = `/v1/payments/${paymentId}`;
  switch (result.kind) {
    case "created":
    case "replayed":
      return result.refund;
    case "payment_not_found":
      throw paymentNotFound();
    case "key_reused":
      throw new PayonceError(
        "idempotency_key_reused",
        "Another request for a refund came with this key before. Use a new key for a new refund.",
        { param: "Idempotency-Key" },
      );
    case "not_refundable":
      throw new PayonceError(
        "payment_not_refundable",
        `The payment is ${result.status}. ${WHY[result.status] ?? ""}`.trim(),
        {
          payment,
        },
      );
    case "exceeds_payment": {
      const { leftMinor, currency } = result;
      const detail = `${formatMoney(leftMinor, currency)} is left of the payment; refunds under way count as gone.`;
      throw new PayonceError("refund_exceeds_payment", detail, { param: "amount", payment, amountLeft: leftMinor });
    }
    case "contended":
      throw new PayonceError("busy", "Another refund of this payment was in the way. Send the same request again.");
  }
}

function paymentNotFound(): PayonceError {
  return new PayonceError("payment_not_found", "You have no payment with this id.");
}

const WHY: Partial<Record<PaymentState, string>> = {
  queued: "It has not been charged yet; it can be canceled.",
  retry_wait: "It has not been charged yet; it can be canceled.",
  charging: "It is with the provider at this moment; try again when it has succeeded.",
  unknown: "It is not known whether it was charged; try again when it has succeeded.",
  dead_lettered: "An operator has to decide about it.",
  declined: "It was never charged.",
  canceled: "It was never charged.",
};
