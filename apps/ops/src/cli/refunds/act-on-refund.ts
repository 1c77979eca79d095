import { findPaymentOfRefund, type RefundResolvedAs, readPaymentEvidence } from "@payonce/db/operations";
import { type Argument, type Command, Option } from "commander";
import { discardRefund } from "../../actions/discard-refund.ts";
import { lookUpRefund } from "../../actions/look-up-refund.ts";
import { refundNotFound } from "../../actions/refuse-refund.ts";
import { resolveRefund, resolveRefundInput } from "../../actions/resolve-refund.ts";
import { retryRefund } from "../../actions/retry-refund.ts";
import { toRefundAction } from "../../api/refunds/refund-action.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { parserOf, reasonOption, wholeOption } from "../options.ts";

/** As the operator saw it, so that nothing is decided about what is another refund by now. */
const seenVersion = () =>
  wholeOption(
    "--seen-version <n>",
    "the refund's version as you saw it; another one by now, and nothing is done",
    1,
    2_147_483_647,
  );

interface ActOptions {
  reason: string;
  seenVersion?: number;
}

export function addRetryRefund(refunds: Command, cli: Cli, refundId: () => Argument): void {
  addLeaf<[string], ActOptions>(refunds, cli, {
    name: "retry",
    summary: "Give a dead-lettered refund a new round of attempts",
    details: "Where the money may have gone back, the provider's list is read before anything is sent.",
    examples: ['refunds retry ref_01m814esw7e00bgbyj9j5g8yxa --reason "The provider is back"'],
    arguments: [refundId()],
    options: [reasonOption(), seenVersion()],
    run: async ([id], { reason, seenVersion: version }) => {
      const retried = await retryRefund(cli.pool(), cli.actor, id, { reason, version });
      return { json: toRefundAction("retry", retried), text: () => `${id} is ${retried.status}.\n` };
    },
  });
}

export function addLookUpRefund(refunds: Command, cli: Cli, refundId: () => Argument): void {
  addLeaf<[string], { reason: string }>(refunds, cli, {
    name: "look-up",
    summary: "Have the provider asked about a refund now",
    details: "It moves no money. What the provider says takes effect a moment later; refunds show tells.",
    examples: ['refunds look-up ref_01m814esw7e00bgbyj9j5g8yxa --reason "The customer has not got it"'],
    arguments: [refundId()],
    options: [reasonOption()],
    run: async ([id], input) => {
      const asked = await lookUpRefund(cli.pool(), cli.actor, id, input);
      const see = `${cli.calledAs} refunds show ${id}`;
      return {
        json: toRefundAction("look_up", asked),
        text: () => `The provider is asked about ${id}. What it said: ${see}\n`,
      };
    },
  });
}

interface ResolveOptions extends ActOptions {
  outcome: RefundResolvedAs;
  evidence: string;
  providerRefund?: string;
}

export function addResolveRefund(refunds: Command, cli: Cli, refundId: () => Argument): void {
  addLeaf<[string], ResolveOptions>(refunds, cli, {
    name: "resolve",
    summary: "End a dead-lettered refund on evidence that you have seen",
    details:
      "For when the provider cannot be asked. Where it can, retry or look up instead. A refund that is called failed gives its amount back, so that waits until no request for it can still arrive.",
    examples: [
      "refunds resolve ref_01m814esw7e00bgbyj9j5g8yxa --outcome succeeded --provider-refund re_3Q9x \\\n" +
        '    --evidence "re_3Q9x succeeded in the dashboard" --reason "The API key of that account is gone"',
    ],
    arguments: [refundId()],
    options: [
      new Option("--outcome <outcome>", "what happened").choices(["succeeded", "failed"]).makeOptionMandatory(),
      new Option(
        "--provider-refund <id>",
        "the refund at the provider; for succeeded, where it is not known",
      ).argParser(parserOf(resolveRefundInput.shape.providerRefundId.unwrap())),
      new Option("--evidence <text>", "what you saw, and where; kept in the audit log")
        .argParser(parserOf(resolveRefundInput.shape.evidence))
        .makeOptionMandatory(),
      reasonOption(),
      seenVersion(),
    ],
    run: async ([id], { seenVersion: seen, providerRefund: providerRefundId, ...input }) => {
      const version = seen ?? (await readVersion(cli, id));
      const resolved = await resolveRefund(cli.pool(), cli.actor, id, { ...input, providerRefundId, version });
      return { json: toRefundAction("resolve", resolved), text: () => `${id} is ${resolved.status}.\n` };
    },
  });
}

export function addDiscardRefund(refunds: Command, cli: Cli, refundId: () => Argument): void {
  addLeaf<[string], ActOptions>(refunds, cli, {
    name: "discard",
    summary: "Give up a dead-lettered refund of which nothing can have run",
    details: "It ends as failed, and its amount can be refunded again.",
    examples: ['refunds discard ref_01m814esw7e00bgbyj9j5g8yxa --reason "Paid back in the shop"'],
    arguments: [refundId()],
    options: [reasonOption(), seenVersion()],
    run: async ([id], { reason, seenVersion: version }) => {
      const discarded = await discardRefund(cli.pool(), cli.actor, id, { reason, version });
      return { json: toRefundAction("discard", discarded), text: () => `${id} is ${discarded.status}.\n` };
    },
  });
}

async function readVersion(cli: Cli, id: string): Promise<number> {
  const paymentId = await findPaymentOfRefund(cli.pool(), id);
  const evidence = paymentId ? await readPaymentEvidence(cli.pool(), paymentId) : null;
  const refund = evidence?.refunds.find((one) => one.id === id);
  if (!refund) throw refundNotFound();
  return refund.version;
}
