import type { Payonce } from "@payonce/client";

export interface ChargeCount {
  /** How often the provider has charged for the order; null while its books, or Payonce, cannot be read. */
  charges: number | null;
}

/** As the page makes them. Only such orders are told about: whoever has not made the name cannot guess it. */
export const ORDER = /^demo_[0-9a-z]{20}$/;

const TIMEOUT_MS = 4000;

/**
 * Counts an order's charges in the provider's own ledger, which knows payments and no orders. Payonce is asked which these
 * are, as a shop's server asks: with the secret key.
 */
export async function countCharges(payonce: Payonce, simulatorUrl: string, order: string): Promise<ChargeCount> {
  try {
    const payments = new Set<string>();
    for await (const { id } of payonce.payments.list({ order_reference: order, timeoutMs: TIMEOUT_MS }))
      payments.add(id);
    if (payments.size === 0) return { charges: 0 };
    const answer = await fetch(`${simulatorUrl}/_sim/ledger`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { charges } = (await answer.json()) as { charges: { payment_id: string | null }[] };
    return { charges: charges.filter(({ payment_id }) => payments.has(payment_id ?? "")).length };
  } catch {
    return { charges: null };
  }
}
