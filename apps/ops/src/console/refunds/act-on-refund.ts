import { type Actor, findPaymentOfRefund } from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler } from "express";
import type pg from "pg";
import type { z } from "zod";
import { actorOf } from "../../access/actor-of.ts";
import { discardRefund, discardRefundInput } from "../../actions/discard-refund.ts";
import { lookUpRefund, lookUpRefundInput } from "../../actions/look-up-refund.ts";
import { refundNotFound } from "../../actions/refuse-refund.ts";
import { resolveRefund, resolveRefundInput } from "../../actions/resolve-refund.ts";
import { retryRefund, retryRefundInput } from "../../actions/retry-refund.ts";
import type { Context } from "../dependencies.ts";
import { toFormFailure } from "../elements/form-failure.ts";
import { type NoticeCode, withNotice } from "../elements/notice.tsx";
import { formValues, toNumber } from "../form-values.ts";
import { sendPayment } from "../payments/show-payment.ts";
import { refundForm } from "./refund-forms.tsx";

type Values = Record<string, string>;

interface RefundFormOf<Schema extends z.ZodType> {
  action: string;
  schema: Schema;
  read(values: Values): unknown;
  /** Whether it is final, so that the form asks for a tick as well. */
  isFinal: boolean;
  act(pool: pg.Pool, actor: Actor, id: string, input: z.output<Schema>): Promise<unknown>;
  notice: NoticeCode;
}

/** What the form of a refund leads to: the action, then the payment's page again. A refusal shows the form with its error. */
function actOnRefund<Schema extends z.ZodType>(context: Context, what: RefundFormOf<Schema>): RequestHandler {
  return async (request, response) => {
    const id = refundIdOf(request);
    const paymentId = await findPayment(context.pool, id);
    const values = formValues(request);
    try {
      if (what.isFinal && values.confirm !== "yes")
        throw new PayonceError("field_invalid", '"confirm" must be ticked.', { param: "confirm" });
      const input = validate(what.schema, what.read(values), "field_invalid");
      await what.act(context.pool, actorOf(response, "console"), id, input);
      response.redirect(303, `${withNotice(`/payments/${paymentId}`, what.notice)}#${id}`);
    } catch (error) {
      const failure = toFormFailure(refundForm(what.action, id), error, values);
      await sendPayment(context, request, response, { failure, paymentId });
    }
  };
}

const withVersion = ({ reason, version }: Values) => ({ reason, version: toNumber(version) });

export const retryOneRefund = (context: Context) =>
  actOnRefund(context, {
    action: "retry",
    schema: retryRefundInput.required({ version: true }),
    read: withVersion,
    isFinal: false,
    act: retryRefund,
    notice: "refund_retried",
  });

export const discardOneRefund = (context: Context) =>
  actOnRefund(context, {
    action: "discard",
    schema: discardRefundInput.required({ version: true }),
    read: withVersion,
    isFinal: true,
    act: discardRefund,
    notice: "refund_discarded",
  });

export const resolveOneRefund = (context: Context) =>
  actOnRefund(context, {
    action: "resolve",
    schema: resolveRefundInput,
    read: ({ outcome, providerRefundId, evidence, ...values }) => ({
      outcome,
      evidence,
      ...(providerRefundId?.trim() && { providerRefundId: providerRefundId.trim() }),
      ...withVersion(values),
    }),
    isFinal: true,
    act: resolveRefund,
    notice: "refund_resolved",
  });

export const lookUpOneRefund = (context: Context) =>
  actOnRefund(context, {
    action: "look-up",
    schema: lookUpRefundInput,
    read: ({ reason }) => ({ reason }),
    isFinal: false,
    act: lookUpRefund,
    notice: "refund_looked_up",
  });

/** `GET /refunds/:id`, and of its forms: the page of its payment, at the refund. */
export function goToRefund({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const id = refundIdOf(request);
    response.redirect(303, `/payments/${await findPayment(pool, id)}#${id}`);
  };
}

function refundIdOf(request: Request): string {
  const id = idSchema("ref").safeParse(request.params.id);
  if (!id.success) throw refundNotFound();
  return id.data;
}

async function findPayment(pool: pg.Pool, id: string): Promise<string> {
  const paymentId = await findPaymentOfRefund(pool, id);
  if (paymentId === null) throw refundNotFound();
  return paymentId;
}
