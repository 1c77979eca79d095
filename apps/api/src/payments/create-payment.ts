import { createHash } from "node:crypto";
import { type AcceptResult, acceptPayments, type Database } from "@payonce/db";
import {
  type CreatePaymentRequest,
  canonicalJson,
  containsCardNumber,
  createPaymentRequestSchema,
  newId,
  PayonceError,
  parseIdempotencyKey,
} from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { toPaymentResource } from "./to-payment-resource.ts";

/**
 * `POST /v1/payments`: stores the payment and answers 202; the charger does the rest. The same key and body always answer
 * with the same payment, so a client that saw no answer sends its request again.
 */
export function createPayment(db: Database): RequestHandler {
  return async (request, response) => {
    const idempotencyKey = readIdempotencyKey(request.get("idempotency-key"));
    const payment = validate(createPaymentRequestSchema, request.body, "field_invalid");
    // Of the body as sent, so that a default that changes one day does not turn replays into other requests.
    const requestHash = createHash("sha256").update(canonicalJson(request.body)).digest("hex");
    const { merchantId } = response.locals;
    const [result] = await acceptPayments(db, [toAcceptRequest(payment, { merchantId, idempotencyKey, requestHash })]);
    const accepted = acceptedPayment(result);
    if (result?.kind === "replayed") response.setHeader("Idempotent-Replayed", "true");
    response.status(202).location(`/v1/payments/${accepted.id}`).json(toPaymentResource(accepted));
  };
}

function readIdempotencyKey(header: string | undefined): string {
  const param = "Idempotency-Key";
  if (!header)
    throw new PayonceError(
      "idempotency_key_missing",
      "Send a key of your own, a UUID for instance; repeat it on retries.",
      { param },
    );
  const key = parseIdempotencyKey(header);
  if (!key)
    throw new PayonceError("idempotency_key_invalid", "It must be 1 to 255 visible ASCII characters.", { param });
  // Keys are stored and shown to operators.
  if (containsCardNumber(key))
    throw new PayonceError("idempotency_key_invalid", "It must not contain a card number.", { param });
  return key;
}

function toAcceptRequest(
  payment: CreatePaymentRequest,
  caller: { merchantId: string; idempotencyKey: string; requestHash: string },
) {
  return {
    ...caller,
    id: newId("pay"),
    amountMinor: payment.amount,
    currency: payment.currency,
    paymentMethod: payment.payment_method,
    orderReference: payment.order_reference ?? null,
    description: payment.description ?? null,
    metadata: payment.metadata ?? {},
  };
}

function acceptedPayment(result: AcceptResult | undefined) {
  switch (result?.kind) {
    case "created":
    case "replayed":
      return result.payment;
    case "key_reused":
      throw new PayonceError(
        "idempotency_key_reused",
        "Another body came with this key before. Use a new key for a new payment.",
        {
          param: "Idempotency-Key",
        },
      );
    case "order_taken":
      throw new PayonceError(
        "order_already_paid_for",
        "Another payment for this order is under way or has succeeded.",
        {
          param: "order_reference",
          payment: `/v1/payments/${result.payment.id}`,
        },
      );
    case "failed":
      throw result.error;
    default:
      throw new PayonceError("busy", "Another payment for this order was in the way. Send the same request again.");
  }
}
