import type { ProviderRefund, RefundAnswer, RefundEvidence } from "@payonce/domain";
import type { RefundProvider, RefundToMake } from "../providers/refund-provider.ts";

export interface ScriptedRefunds extends RefundProvider {
  /** Every call in order: `list`, or `refund` and the key. */
  readonly calls: string[];
  /** What the provider has, by the object that took the money; tests may change it. */
  readonly made: Map<string, ProviderRefund[]>;
  /** As a provider does after a day. */
  forgetKeys(): void;
  /** The bank's word: every refund of the object is now this. */
  say(objectId: string, state: string, failureReason?: string): void;
}

/** What becomes of a request. A function runs before the true answer. */
export type Happening =
  | "executed_unanswered"
  | "unanswered"
  | "429"
  | "stored_500"
  | { code: string }
  | (() => Promise<void>);

/**
 * A provider for tests. It keeps refunds and keys as a real one does, and answers a request for a refund with the next entry
 * of the script where there is one.
 */
export function createScriptedRefunds({
  refund: script = [],
  list: listScript = [],
  state = "succeeded",
}: {
  refund?: Happening[];
  list?: "unanswered"[];
  /** What a new refund is. */
  state?: string;
} = {}): ScriptedRefunds {
  const made = new Map<string, ProviderRefund[]>();
  const keys = new Map<string, ProviderRefund | "error">();
  const calls: string[] = [];
  const of = (objectId: string) => made.get(objectId) ?? [];

  const run = ({ id, amountMinor, providerObjectId }: RefundToMake, key: string): ProviderRefund => {
    const refund = {
      id: `re_${id}_${of(providerObjectId).length}`,
      state,
      amountMinor,
      currency: "eur",
      failureReason: null,
      refundId: id,
    };
    made.set(providerObjectId, [...of(providerObjectId), refund]);
    keys.set(key, refund);
    return refund;
  };
  const unknown = (code: string, isKeySpent = false): RefundAnswer => ({
    kind: "unknown",
    code,
    isKeySpent,
    evidence: evidence("refund"),
  });

  return {
    callTimeoutMs: 1_000,
    calls,
    made,
    identify: async () => ({ account: "acct_test", apiVersion: "2026-01-01" }),
    forgetKeys: () => keys.clear(),
    say(objectId, word, failureReason) {
      const said = of(objectId).map((one) => ({ ...one, state: word, failureReason: failureReason ?? null }));
      made.set(objectId, said);
    },
    async refund(refund, key, isTooLate) {
      calls.push(`refund ${key}`);
      const happening = script.shift();
      if (typeof happening === "function") await happening();
      if (isTooLate()) return { kind: "not_executed", code: "provider_too_late", evidence: evidence("refund") };
      const stored = keys.get(key);
      if (stored === "error") return unknown("provider_error", true);
      if (stored) return { kind: "shown", refund: stored, isReplayed: true, evidence: evidence("refund") };
      if (happening === "unanswered") return unknown("provider_timeout");
      if (happening === "429")
        return { kind: "not_executed", code: "provider_rate_limited", evidence: evidence("refund") };
      if (happening === "stored_500") {
        keys.set(key, "error");
        return unknown("provider_error");
      }
      if (typeof happening === "object") {
        const contradictsSums = happening.code === "charge_already_refunded";
        return { kind: "refused", code: happening.code, contradictsSums, evidence: evidence("refund") };
      }
      const done = run(refund, key);
      if (happening === "executed_unanswered") return unknown("provider_timeout");
      return { kind: "shown", refund: done, isReplayed: false, evidence: evidence("refund") };
    },
    async listRefunds({ id }) {
      calls.push("list");
      if (listScript.shift())
        return { kind: "unknown", code: "provider_timeout", isKeySpent: false, evidence: evidence("list_refunds") };
      return { kind: "listed", refunds: of(id), evidence: evidence("list_refunds") };
    },
  };
}

function evidence(operation: RefundEvidence["operation"]): RefundEvidence {
  return { operation, at: new Date().toISOString(), durationMs: 0 };
}
