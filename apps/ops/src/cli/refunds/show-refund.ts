import {
  type EvidencedRefund,
  type EvidencedRefundAttempt,
  findPaymentOfRefund,
  type PaymentEvidence,
  readPaymentEvidence,
} from "@payonce/db/operations";
import type { Argument, Command } from "commander";
import { refundNotFound } from "../../actions/refuse-refund.ts";
import { toRefund } from "../../api/refunds/refund-resource.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { type Field, fields } from "../terminal/fields.ts";
import { type Look, paint } from "../terminal/look.ts";
import { type Column, table } from "../terminal/table.ts";
import { money } from "../terminal/words.ts";
import { colourOfRefund } from "./colour-of-refund.ts";

/** `payonce refunds show` */
export function addShowRefund(refunds: Command, cli: Cli, refundId: () => Argument): void {
  addLeaf<[string]>(refunds, cli, {
    name: "show",
    summary: "Show all that is known of a refund: what happened, every attempt, who did what",
    examples: ["refunds show ref_01m814esw7e00bgbyj9j5g8yxa", "refunds show ref_01m814esw7e00bgbyj9j5g8yxa --json"],
    arguments: [refundId()],
    run: async ([id]) => {
      const paymentId = await findPaymentOfRefund(cli.pool(), id);
      const evidence = paymentId && (await readPaymentEvidence(cli.pool(), paymentId));
      const refund = evidence ? evidence.refunds.find((one) => one.id === id) : undefined;
      if (!evidence || !refund) throw refundNotFound();
      const { id: payment_id, currency } = evidence.payment;
      return { json: { ...toRefund(refund), payment_id, currency }, text: (look) => describe(evidence, refund, look) };
    },
  });
}

function describe(evidence: PaymentEvidence, refund: EvidencedRefund, look: Look): string {
  const timeline = evidence.timeline.filter(({ refundId }) => refundId === refund.id);
  const actions = evidence.actions.filter(({ target }) => target === refund.id);
  const calls = refund.attemptsMade.flatMap(({ number, evidence: made }) =>
    (made ?? []).map((call) => ({ number, call })),
  );
  return [
    fields(look, fieldsOf(evidence, refund)),
    section(look, "Timeline", TIMELINE, timeline),
    section(look, "Attempts", ATTEMPTS, refund.attemptsMade),
    section(look, "Calls to the provider", CALLS, calls),
    section(look, "What operators did", ACTIONS, actions),
    refund.status === "dead_lettered" ? `\n${whatToDo(refund)}\n` : "",
  ].join("");
}

function whatToDo({ outcomeUnknown }: EvidencedRefund): string {
  return outcomeUnknown
    ? "A person decides: refunds look-up or refunds retry ask the provider, refunds resolve needs evidence."
    : "A person decides: refunds retry, or refunds discard.";
}

function section<Row>(look: Look, title: string, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return rows.length === 0 ? "" : `\n${paint(look, "bold", title)}\n${table(look, columns, rows)}`;
}

function fieldsOf({ payment }: PaymentEvidence, refund: EvidencedRefund): Field[] {
  const { status, outcomeUnknown, deadLetterReason } = refund;
  return [
    ["Refund", refund.id],
    ["Status", `${status}${outcomeUnknown ? " (the money may have gone back)" : ""}`, colourOfRefund(status)],
    ["Dead-lettered", deadLetterReason && `because ${deadLetterReason}`],
    ["Code", refund.failureCode],
    ["Amount", money(refund.amountMinor, payment.currency)],
    ["Payment", `${payment.id}, ${money(payment.amountMinor, payment.currency)}`],
    ["Merchant", `${payment.merchantId} ${payment.merchantName}`],
    ["Reason", refund.reason],
    ["Idempotency key", refund.idempotencyKey],
    ["Provider refund", refund.providerRefundId],
    ["Provider object", payment.providerObjectId],
    ["Attempts", `${refund.attempts}, ${refund.tries} of this round`],
    ["Last sent", refund.lastSentAt?.toISOString()],
    ["Version", refund.version],
    ["Created", refund.createdAt.toISOString()],
    ["Updated", refund.updatedAt.toISOString()],
    [status === "refunding" ? "Lease ends" : "Next action", refund.nextActionAt?.toISOString()],
  ];
}

type Row<Name extends keyof PaymentEvidence> = PaymentEvidence[Name] extends (infer R)[] ? R : never;

const TIMELINE: readonly Column<Row<"timeline">>[] = [
  { title: "AT", value: ({ at }) => at.toISOString() },
  { title: "WHAT", value: ({ kind }) => kind },
  { title: "CODE", value: ({ code }) => code, isCuttable: true, isOptional: true },
];

const ATTEMPTS: readonly Column<EvidencedRefundAttempt>[] = [
  { title: "#", value: ({ number }) => number, isRight: true },
  { title: "STARTED", value: ({ startedAt }) => startedAt.toISOString() },
  { title: "SENT", value: ({ sentAt }) => sentAt?.toISOString(), isOptional: true },
  { title: "OUTCOME", value: ({ outcome }) => outcome ?? "not ended" },
  { title: "CODE", value: ({ code }) => code, isCuttable: true, isOptional: true },
];

interface Call {
  /** Of the attempt. */
  number: number;
  call: NonNullable<EvidencedRefundAttempt["evidence"]>[number];
}

const CALLS: readonly Column<Call>[] = [
  { title: "#", value: ({ number }) => number, isRight: true },
  { title: "AT", value: ({ call }) => call.at },
  { title: "CALL", value: ({ call }) => call.operation },
  { title: "TOOK", value: ({ call }) => `${call.durationMs} ms`, isRight: true },
  { title: "HTTP", value: ({ call }) => call.httpStatus },
  { title: "STATE", value: ({ call }) => call.state },
  { title: "CODE", value: ({ call }) => call.code, isOptional: true },
  { title: "REQUEST", value: ({ call }) => call.requestId },
  { title: "MESSAGE", value: ({ call }) => call.message, isCuttable: true, isOptional: true },
];

const ACTIONS: readonly Column<Row<"actions">>[] = [
  { title: "AT", value: ({ at }) => at.toISOString() },
  { title: "WHO", value: ({ actor }) => actor },
  { title: "VIA", value: ({ via }) => via },
  { title: "DID", value: ({ action }) => action },
  { title: "REASON", value: ({ reason }) => reason, isCuttable: true },
];
