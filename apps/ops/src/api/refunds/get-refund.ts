import { findPaymentOfRefund, readPaymentEvidence } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { refundNotFound } from "../../actions/refuse-refund.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_PAYMENT_ID } from "../payments/payment-action.ts";
import { refundParams } from "./refund-action.ts";
import { EXAMPLE_REFUND, refundSchema, toRefund } from "./refund-resource.ts";

const schema = refundSchema
  .extend({ payment_id: idSchema("pay"), currency: z.string().meta({ description: "ISO 4217, lower case" }) })
  .meta({ id: "RefundOfPayment", description: "A refund, and all that is known of it" });

export const getRefundOperation = defineOperation(
  {
    operationId: "getRefund",
    method: "get",
    path: "/ops/v1/refunds/{id}",
    tag: "Refunds",
    summary: "Look at a refund",
    description:
      "All that is known of it: attempts, and what the provider answered. What happened in which order is in its payment's timeline.",
    role: "viewer",
    params: refundParams,
    answers: {
      200: {
        description: "The refund.",
        schema,
        example: { ...EXAMPLE_REFUND, payment_id: EXAMPLE_PAYMENT_ID, currency: "eur" },
      },
    },
    notFound: "refund_not_found",
  },
  async ({ dependencies, params }) => {
    const { pool } = dependencies.db;
    const paymentId = await findPaymentOfRefund(pool, params.id);
    const evidence = paymentId && (await readPaymentEvidence(pool, paymentId));
    const refund = evidence ? evidence.refunds.find(({ id }) => id === params.id) : undefined;
    if (!evidence || !refund) throw refundNotFound();
    return { 200: { ...toRefund(refund), payment_id: evidence.payment.id, currency: evidence.payment.currency } };
  },
);
