import type { Actor } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import type pg from "pg";
import type { z } from "zod";
import { actorOf } from "../../access/actor-of.ts";
import { cancelPaymentAsOperator, cancelPaymentInput } from "../../actions/cancel-payment.ts";
import { discardPayment, discardPaymentInput } from "../../actions/discard-payment.ts";
import { lookUpPayment, lookUpPaymentInput } from "../../actions/look-up-payment.ts";
import { resolvePayment, resolvePaymentInput } from "../../actions/resolve-payment.ts";
import { retryPayment, retryPaymentInput } from "../../actions/retry-payment.ts";
import type { Context } from "../dependencies.ts";
import { toFormFailure } from "../elements/form-failure.ts";
import { type NoticeCode, withNotice } from "../elements/notice.tsx";
import { formValues, toNumber } from "../form-values.ts";
import { paymentIdOf, sendPayment } from "./show-payment.ts";

type Values = Record<string, string>;

interface PaymentForm<Schema extends z.ZodType, Result> {
  /** As the page names it. */
  form: string;
  schema: Schema;
  read(values: Values): unknown;
  /** Whether it is final, so that the form asks for a tick as well. */
  isFinal: boolean;
  act(pool: pg.Pool, actor: Actor, id: string, input: z.output<Schema>): Promise<Result>;
  notice(result: Result): NoticeCode;
}

/** What the form of a payment's page leads to: the action, then the page again. A refusal shows the form with its error. */
function actOnPayment<Schema extends z.ZodType, Result>(
  context: Context,
  what: PaymentForm<Schema, Result>,
): RequestHandler {
  return async (request, response) => {
    const id = paymentIdOf(request);
    const values = formValues(request);
    try {
      if (what.isFinal) requireConfirmation(values);
      const input = validate(what.schema, what.read(values), "field_invalid");
      const result = await what.act(context.pool, actorOf(response, "console"), id, input);
      response.redirect(303, withNotice(`/payments/${id}`, what.notice(result)));
    } catch (error) {
      const failure = toFormFailure(what.form, error, values);
      await sendPayment(context, request, response, { paymentId: id, failure });
    }
  };
}

function requireConfirmation({ confirm }: Values): void {
  if (confirm === "yes") return;
  const detail = '"confirm" must be ticked.';
  throw new PayonceError("field_invalid", detail, { param: "confirm" });
}

const withVersion = ({ reason, version }: Values) => ({ reason, version: toNumber(version) });
const reasonAlone = ({ reason }: Values) => ({ reason });

export const retryOne = (context: Context) =>
  actOnPayment(context, {
    form: "retry",
    schema: retryPaymentInput.required({ version: true }),
    read: withVersion,
    isFinal: false,
    act: retryPayment,
    notice: () => "retried",
  });

export const discardOne = (context: Context) =>
  actOnPayment(context, {
    form: "discard",
    schema: discardPaymentInput.required({ version: true }),
    read: withVersion,
    isFinal: true,
    act: discardPayment,
    notice: ({ status }) => (status === "canceled" ? "discarded" : "discard_under_way"),
  });

export const resolveOne = (context: Context) =>
  actOnPayment(context, {
    form: "resolve",
    schema: resolvePaymentInput,
    read: ({ outcome, evidence, ...values }) => ({ outcome, evidence, ...withVersion(values) }),
    isFinal: true,
    act: resolvePayment,
    notice: () => "resolved",
  });

export const lookUpOne = (context: Context) =>
  actOnPayment(context, {
    form: "look-up",
    schema: lookUpPaymentInput,
    read: reasonAlone,
    isFinal: false,
    act: lookUpPayment,
    notice: () => "looked_up",
  });

export const cancelOne = (context: Context) =>
  actOnPayment(context, {
    form: "cancel",
    schema: cancelPaymentInput,
    read: reasonAlone,
    isFinal: true,
    act: cancelPaymentAsOperator,
    notice: ({ status }) => (status === "canceled" ? "canceled" : "cancel_under_way"),
  });
