import { hash } from "node:crypto";
import type { AcceptRequest, AcceptResult, Database, PaymentRow } from "@payonce/db";
import {
  type CreatePaymentRequest,
  canonicalJson,
  createPaymentRequestSchema,
  newId,
  PayonceError,
} from "@payonce/domain";
import { sendJson, validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { readIdempotencyKey } from "../http/read-idempotency-key.ts";
import type { AcceptPayment } from "./accept-together.ts";
import { clientSecretOf, hashClientSecret, isMadeSecret, readNewClientSecret } from "./client-secret.ts";
import { showPayment } from "./visible-payment.ts";

/**
 * `POST /v1/payments`: stores the payment and answers 202; the charger does the rest. The same key, body and client secret
 * always answer with the same payment, so a client that saw no answer sends its request again.
 */
export function createPayment(db: Database, accept: AcceptPayment): RequestHandler {
  return async (request, response) => {
    const idempotencyKey = readIdempotencyKey(request.get("idempotency-key"));
    const payment = validate(createPaymentRequestSchema, request.body, "field_invalid");
    const { merchantId, isBrowser } = response.locals;
    const clientSecret = readNewClientSecret(request, isBrowser);
    const requestHash = hashRequest(request.body, clientSecret);
    const clientSecretHash = clientSecret && hashClientSecret(clientSecret).toString("hex");
    const result = await accept(
      toAcceptRequest(payment, { merchantId, idempotencyKey, requestHash, clientSecretHash }),
    );
    // A page is not shown another customer's payment, though it may be of the same order.
    const maySee = (other: PaymentRow) => !isBrowser || isMadeSecret(other, clientSecret);
    const accepted = acceptedPayment(result, maySee);
    if (result.kind === "replayed") response.setHeader("Idempotent-Replayed", "true");
    response.setHeader("Location", `/v1/payments/${accepted.id}`);
    const client_secret = await clientSecretOf(db, accepted.id, clientSecret);
    sendJson(response, 202, { ...showPayment(accepted, response), client_secret });
  };
}

/**
 * What makes two requests with one key the same. Of the body as sent, so that a default that changes one day does not turn
 * replays into other requests; and of the client secret, so that who does not have it is told no more than of another body.
 */
function hashRequest(body: unknown, clientSecret: string | null): string {
  const text = canonicalJson(body);
  // JSON has no NUL, so no body of another request ends like this.
  return hash("sha256", clientSecret === null ? text : `${text}\0${clientSecret}`, "hex");
}

function toAcceptRequest(
  payment: CreatePaymentRequest,
  caller: { merchantId: string; idempotencyKey: string; requestHash: string; clientSecretHash: string | null },
): AcceptRequest {
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

function acceptedPayment(result: AcceptResult, maySee: (payment: PaymentRow) => boolean): PaymentRow {
  switch (result.kind) {
    case "created":
    case "replayed":
      return result.payment;
    case "key_reused":
      throw new PayonceError(
        "idempotency_key_reused",
        "Another body or client secret came with this key before. Use a new key for a new payment.",
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
          ...(maySee(result.payment) && { payment: `/v1/payments/${result.payment.id}` }),
        },
      );
    case "failed":
      throw result.error;
    default:
      throw new PayonceError("busy", "Another payment for this order was in the way. Send the same request again.");
  }
}
