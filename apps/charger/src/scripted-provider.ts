import type { Evidence, ProviderAnswer, ProviderOperation } from "@payonce/domain";
import type { PaymentToCreate, Provider } from "./providers/provider.ts";

export interface ScriptedProvider extends Provider {
  /** Every call in order, such as `confirm pi_1`. */
  readonly calls: string[];
  /** How often each object has taken money. */
  readonly captured: Map<string, number>;
  /** As a provider does after a day: the next create of a payment makes another object. */
  forgetKeys(): void;
}

type Answer = { kind: "declined" | "not_executed" | "unknown"; code: string } | (() => Promise<unknown> | unknown);

/**
 * A provider for tests. It keeps objects that take money once, as a real one does, and answers a call with the next entry
 * of the script where there is one: a function runs before the true answer, anything else replaces it.
 */
export function createScriptedProvider(script: Partial<Record<ProviderOperation, Answer[]>> = {}): ScriptedProvider {
  const objects = new Map<string, { state: string; payment: PaymentToCreate }>();
  const idsByPayment = new Map<string, string>();
  const calls: string[] = [];
  let memory = 0;
  const captured = new Map<string, number>();

  const show = (operation: ProviderOperation, id: string): ProviderAnswer => {
    const object = objects.get(id);
    if (!object) return { kind: "declined", code: "provider_rejected", evidence: evidence(operation) };
    const { amountMinor, currency } = object.payment;
    const payment = { id, state: object.state, amountMinor, currency, declineCode: null };
    return { kind: "object", payment, evidence: { ...evidence(operation), objectId: id, state: object.state } };
  };
  const answer = async (operation: ProviderOperation, id: string, act: () => void): Promise<ProviderAnswer> => {
    calls.push(operation === "create" ? "create" : `${operation} ${id}`);
    const scripted = script[operation]?.shift();
    if (typeof scripted === "function") await scripted();
    else if (scripted) return { evidence: evidence(operation), ...(scripted as object) } as ProviderAnswer;
    act();
    return show(operation, id);
  };

  return {
    callTimeoutMs: 1_000,
    calls,
    captured,
    forgetKeys: () => {
      idsByPayment.clear();
      memory += 1;
    },
    identify: async () => ({ account: "acct_test", apiVersion: "2026-01-01" }),
    async find({ id }) {
      const objectId = idsByPayment.get(id);
      calls.push("find");
      return objectId ? show("find", objectId) : { kind: "absent", evidence: evidence("find") };
    },
    list: async () => ({ kind: "page", objects: [], nextCursor: null }),
    create(payment) {
      const id = idsByPayment.get(payment.id) ?? `pi_${payment.id}${memory ? `_${memory}` : ""}`;
      return answer("create", id, () => {
        idsByPayment.set(payment.id, id);
        if (!objects.has(id)) objects.set(id, { state: "requires_confirmation", payment });
      });
    },
    confirm: ({ id }) =>
      answer("confirm", id, () => {
        const object = objects.get(id);
        if (object?.state !== "requires_confirmation") return;
        object.state = "succeeded";
        captured.set(id, (captured.get(id) ?? 0) + 1);
      }),
    retrieve: ({ id }) => answer("retrieve", id, () => {}),
    cancel: ({ id }) =>
      answer("cancel", id, () => {
        const object = objects.get(id);
        if (object && object.state !== "succeeded") object.state = "canceled";
      }),
  };
}

function evidence(operation: ProviderOperation): Evidence {
  return { operation, at: new Date().toISOString(), durationMs: 0 };
}
