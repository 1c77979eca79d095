export interface Intent {
  id: string;
  object: "payment_intent";
  amount: number;
  currency: string;
  status: "requires_confirmation" | "succeeded" | "canceled";
  metadata: Record<string, string>;
  last_payment_error: null;
  /** Seconds. */
  created: number;
  livemode: false;
}

/** PaymentIntents in memory, and how much has been charged. */
export function createIntents() {
  const intents = new Map<string, Intent>();
  let made = 0;
  let charges = 0;
  return {
    /** @param form `amount`, `currency` and `metadata[…]` as Stripe takes them */
    create(form: URLSearchParams): Intent {
      const metadata: Record<string, string> = {};
      for (const [name, value] of form) {
        const key = /^metadata\[(\w+)\]$/.exec(name)?.[1];
        if (key) metadata[key] = value;
      }
      made += 1;
      const intent: Intent = {
        id: `pi_${made.toString(36).padStart(16, "0")}`,
        object: "payment_intent",
        amount: Number(form.get("amount")),
        currency: form.get("currency") ?? "",
        status: "requires_confirmation",
        metadata,
        last_payment_error: null,
        created: Math.floor(Date.now() / 1_000),
        livemode: false,
      };
      intents.set(intent.id, intent);
      return intent;
    },
    find: (id: string) => intents.get(id),
    confirm(intent: Intent): void {
      if (intent.status !== "requires_confirmation") return;
      intent.status = "succeeded";
      charges += 1;
    },
    cancel(intent: Intent): void {
      if (intent.status === "requires_confirmation") intent.status = "canceled";
    },
    /** What a peer asks for: the money, in one call. */
    charge(): { id: string } {
      made += 1;
      charges += 1;
      return { id: `ch_${made.toString(36)}` };
    },
    charges: () => charges,
    forget(): void {
      intents.clear();
      charges = 0;
    },
  };
}
