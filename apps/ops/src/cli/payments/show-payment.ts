import { type EvidencedPayment, type PaymentEvidence, readPaymentEvidence } from "@payonce/db/operations";
import { type Evidence, PayonceError } from "@payonce/domain";
import type { Argument, Command } from "commander";
import { toPaymentEvidence } from "../../api/payments/payment-evidence.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { colourOfRefund } from "../refunds/colour-of-refund.ts";
import { type Field, fields } from "../terminal/fields.ts";
import { type Look, paint } from "../terminal/look.ts";
import { type Column, table } from "../terminal/table.ts";
import { describeAge, money } from "../terminal/words.ts";
import { colourOfState } from "./colour-of-state.ts";

/** `payonce payments show` */
export function addShowPayment(payments: Command, cli: Cli, paymentId: () => Argument): void {
  addLeaf<[string]>(payments, cli, {
    name: "show",
    summary: "Show all that is known of a payment: what happened, every provider call, who did what",
    examples: ["payments show pay_01m814esw7e00bgbyj9j5g8yxa", "payments show pay_01m814esw7e00bgbyj9j5g8yxa --json"],
    arguments: [paymentId()],
    run: async ([id]) => {
      const evidence = await readPaymentEvidence(cli.pool(), id);
      if (!evidence) throw new PayonceError("payment_not_found", "There is no payment with this id.");
      return { json: toPaymentEvidence(evidence), text: (look) => describe(evidence, look) };
    },
  });
}

function describe(evidence: PaymentEvidence, look: Look): string {
  const { payment, timeline, outbox, webhooks, anomalies, actions, isCutOff } = evidence;
  const calls = evidence.attempts.flatMap(({ number, evidence: made }) =>
    (made ?? []).map((call): Call => {
      const { objectId = null } = call;
      return { number, call, otherObjectId: objectId === payment.providerObjectId ? null : objectId };
    }),
  );
  return [
    fields(look, fieldsOf(payment)),
    section(look, "Timeline", TIMELINE, timeline),
    section(look, "Attempts", ATTEMPTS, evidence.attempts),
    section(look, "Calls to the provider", CALLS, calls),
    section(look, "Refunds", refundColumns(payment.currency), evidence.refunds),
    section(look, "Webhooks of the provider", WEBHOOKS, webhooks),
    section(look, "Anomalies", ANOMALIES, anomalies),
    section(look, "What operators did", ACTIONS, actions),
    section(look, "Waiting to be published", OUTBOX, outbox),
    payment.status === "dead_lettered" ? `\n${whatToDo(payment)}\n` : "",
    isCutOff ? "\nOf the longest lists only the newest 500 entries are shown.\n" : "",
  ].join("");
}

function whatToDo({ outcomeUnknown }: EvidencedPayment): string {
  return outcomeUnknown
    ? "A person decides: payments look-up or dead-letters retry ask the provider, dead-letters resolve needs evidence."
    : "A person decides: dead-letters retry, or dead-letters discard.";
}

function section<Row>(look: Look, title: string, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return rows.length === 0 ? "" : `\n${paint(look, "bold", title)}\n${table(look, columns, rows)}`;
}

function fieldsOf(payment: EvidencedPayment): Field[] {
  const { status, outcomeUnknown, deadLetterReason, metadata, nextActionAt } = payment;
  const isUnclear = outcomeUnknown ? " (money may have moved)" : "";
  const isCanceling = payment.cancelRequested ? " (being canceled)" : "";
  return [
    ["Payment", payment.id],
    ["Status", `${status}${isUnclear}${isCanceling}`, colourOfState(status)],
    ["Dead-lettered", deadLetterReason && `because ${deadLetterReason}`],
    ["Code", payment.failureCode],
    ["Amount", money(payment.amountMinor, payment.currency)],
    ["Refunded", payment.refundedMinor > 0 ? money(payment.refundedMinor, payment.currency) : null],
    ["Merchant", `${payment.merchantId} ${payment.merchantName}`],
    ["Order", payment.orderReference],
    ["Description", payment.description],
    ["Metadata", Object.keys(metadata).length > 0 ? JSON.stringify(metadata) : null],
    ["Idempotency key", payment.idempotencyKey],
    ["Payment method", payment.paymentMethod],
    ["Provider object", payment.providerObjectId],
    ["Provider account", payment.providerAccount],
    ["API version", payment.providerApiVersion],
    ["Attempts", `${payment.attempts}, ${payment.tries} of this round`],
    ["Version", payment.version],
    ["Created", payment.createdAt.toISOString()],
    ["Updated", payment.updatedAt.toISOString()],
    [status === "charging" ? "Lease ends" : "Next action", nextActionAt?.toISOString()],
  ];
}

type Row<Name extends keyof PaymentEvidence> = PaymentEvidence[Name] extends (infer R)[] ? R : never;

const TIMELINE: readonly Column<Row<"timeline">>[] = [
  { title: "AT", value: ({ at }) => at.toISOString() },
  { title: "VERSION", value: ({ version }) => version, isRight: true },
  { title: "WHAT", value: ({ kind }) => kind },
  { title: "CODE", value: ({ code }) => code, isCuttable: true, isOptional: true },
  { title: "REFUND", value: ({ refundId }) => refundId, isOptional: true },
];

const refundColumns = (currency: string): readonly Column<Row<"refunds">>[] => [
  { title: "ID", value: ({ id }) => id },
  { title: "STATUS", value: ({ status }) => status, colour: ({ status }) => colourOfRefund(status) },
  { title: "AMOUNT", value: ({ amountMinor }) => money(amountMinor, currency), isRight: true },
  { title: "MONEY", value: ({ outcomeUnknown }) => (outcomeUnknown ? "may have gone back" : null), isOptional: true },
  { title: "ATTEMPTS", value: ({ attempts }) => attempts, isRight: true },
  { title: "AT THE PROVIDER", value: ({ providerRefundId }) => providerRefundId },
  { title: "CODE", value: ({ failureCode }) => failureCode, isCuttable: true, isOptional: true },
];

const ATTEMPTS: readonly Column<Row<"attempts">>[] = [
  { title: "#", value: ({ number }) => number, isRight: true },
  { title: "STARTED", value: ({ startedAt }) => startedAt.toISOString() },
  {
    title: "TOOK",
    value: ({ startedAt, endedAt }) => endedAt && took(endedAt.getTime() - startedAt.getTime()),
    isRight: true,
  },
  { title: "OUTCOME", value: ({ outcome }) => outcome ?? "not ended" },
  { title: "CODE", value: ({ code }) => code, isCuttable: true, isOptional: true },
];

interface Call {
  /** Of the attempt. */
  number: number;
  call: Evidence;
  /** Where it was about another object than the payment's, which is named at the top. */
  otherObjectId: string | null;
}

const CALLS: readonly Column<Call>[] = [
  { title: "#", value: ({ number }) => number, isRight: true },
  { title: "AT", value: ({ call }) => call.at },
  { title: "CALL", value: ({ call }) => call.operation },
  { title: "TOOK", value: ({ call }) => took(call.durationMs), isRight: true },
  { title: "HTTP", value: ({ call }) => call.httpStatus },
  { title: "STATE", value: ({ call }) => call.state },
  { title: "CODE", value: ({ call }) => call.code, isOptional: true },
  { title: "REQUEST", value: ({ call }) => call.requestId },
  { title: "OTHER OBJECT", value: ({ otherObjectId }) => otherObjectId, isOptional: true },
  { title: "MESSAGE", value: ({ call }) => call.message, isCuttable: true, isOptional: true },
];

const WEBHOOKS: readonly Column<Row<"webhooks">>[] = [
  { title: "RECEIVED", value: ({ receivedAt }) => receivedAt.toISOString() },
  { title: "EVENT", value: ({ id }) => id },
  { title: "TYPE", value: ({ type }) => type },
  { title: "OBJECT", value: ({ providerObjectId }) => providerObjectId },
];

const ANOMALIES: readonly Column<Row<"anomalies">>[] = [
  { title: "OPENED", value: ({ openedAt }) => openedAt.toISOString() },
  { title: "ID", value: ({ id }) => id },
  { title: "KIND", value: ({ kind }) => kind },
  { title: "OBJECT", value: ({ providerObjectId }) => providerObjectId },
  { title: "RESOLVED", value: ({ resolvedAt }) => resolvedAt?.toISOString(), isOptional: true },
  { title: "AS", value: ({ resolution }) => resolution, isOptional: true },
];

const ACTIONS: readonly Column<Row<"actions">>[] = [
  { title: "AT", value: ({ at }) => at.toISOString() },
  { title: "WHO", value: ({ actor }) => actor },
  { title: "VIA", value: ({ via }) => via },
  { title: "DID", value: ({ action }) => action },
  { title: "REASON", value: ({ reason }) => reason, isCuttable: true },
];

const OUTBOX: readonly Column<Row<"outbox">>[] = [
  { title: "SINCE", value: ({ createdAt }) => createdAt.toISOString() },
  { title: "KIND", value: ({ kind }) => kind },
  { title: "TRIES", value: ({ tries }) => tries, isRight: true },
  { title: "NEXT TRY", value: ({ notBefore }) => notBefore.toISOString() },
];

function took(ms: number): string {
  return ms < 60_000 ? `${ms} ms` : describeAge(ms / 1_000);
}
