import { type PaymentEvidence, readPaymentEvidence } from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import type { Context } from "../dependencies.ts";
import type { FormFailure } from "../elements/form-failure.ts";
import { noticeOf } from "../elements/notice.tsx";
import { renderFragment } from "../layout.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { readQuery } from "../query.ts";
import { PaymentNow, renderPayment } from "./payment-page.tsx";

/** `GET /payments/:id` */
export function showPayment(context: Context): RequestHandler {
  return (request, response) => sendPayment(context, request, response, { paymentId: paymentIdOf(request) });
}

/** The page of a payment; after a form was refused, with the form and its error. */
export async function sendPayment(
  { pool, queues }: Context,
  request: Request,
  response: Response,
  { paymentId, failure }: { paymentId: string; failure?: FormFailure },
): Promise<void> {
  const evidence = await readEvidence(pool, paymentId);
  const { id, dispatch, version, status } = evidence.payment;
  // Of a refund that has ended there is no job to look for.
  const woken = evidence.refunds
    .filter((refund) => refund.status === "dead_lettered" || refund.nextActionAt !== null)
    .map((refund) => ({ ...refund, isDead: refund.status === "dead_lettered" }));
  const jobs = await queues.readJobs({ id, dispatch, version, isDead: status === "dead_lettered" }, woken);
  const notice = noticeOf(request.query.notice);
  const page = { evidence, jobs, now: new Date(), ...pageContext(response), notice, failure };
  sendPage(response, renderPayment(page), failure?.error.status);
}

const nowQuery = z.object({ version: z.coerce.number("must be a whole number").int("must be a whole number") });

/** `GET /payments/:id/now`: the live part of the page. `version` is the one that the page shows. */
export function showPaymentNow({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const { version } = readQuery(request, nowQuery);
    const { payment, refunds } = await readEvidence(pool, paymentIdOf(request));
    sendPage(response, renderFragment(PaymentNow({ payment, refunds, shownVersion: version, now: new Date() })));
  };
}

/** @throws PayonceError payment_not_found, also for what can be no id */
export function paymentIdOf(request: Request): string {
  const id = idSchema("pay").safeParse(request.params.id);
  if (!id.success) throw notFound();
  return id.data;
}

async function readEvidence(pool: Context["pool"], id: string): Promise<PaymentEvidence> {
  const evidence = await readPaymentEvidence(pool, id);
  if (!evidence) throw notFound();
  return evidence;
}

function notFound(): PayonceError {
  return new PayonceError("payment_not_found", "There is no payment with this id.");
}
