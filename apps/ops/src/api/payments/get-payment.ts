import { readPaymentEvidence } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { defineOperation } from "../operation.ts";
import { paymentParams } from "./payment-action.ts";
import { EXAMPLE_PAYMENT, paymentEvidenceSchema, toPaymentEvidence } from "./payment-evidence.ts";

export const getPaymentOperation = defineOperation(
  {
    operationId: "getPayment",
    method: "get",
    path: "/ops/v1/payments/{id}",
    tag: "Payments",
    summary: "Look at a payment",
    description:
      "All that is known of it, as of one moment: timeline, attempts and what the provider answered, audit entries.",
    role: "viewer",
    params: paymentParams,
    answers: { 200: { description: "The payment.", schema: paymentEvidenceSchema, example: EXAMPLE_PAYMENT } },
    notFound: "payment_not_found",
  },
  async ({ dependencies, params }) => {
    const evidence = await readPaymentEvidence(dependencies.db.pool, params.id);
    if (!evidence) throw new PayonceError("payment_not_found", "There is no payment with this id.");
    return { 200: toPaymentEvidence(evidence) };
  },
);
