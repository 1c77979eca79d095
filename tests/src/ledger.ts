export interface LedgerCharge {
  id: string;
  payment_id: string | null;
  amount: number;
  currency: string;
}

/** The provider's own books: the truth about money. */
export async function readLedger(simulatorUrl: string): Promise<LedgerCharge[]> {
  const response = await fetch(`${simulatorUrl}/_sim/ledger`);
  return ((await response.json()) as { charges: LedgerCharge[] }).charges;
}

export async function setProviderMode(simulatorUrl: string, mode: "up" | "down" | "slow"): Promise<void> {
  await fetch(`${simulatorUrl}/_sim/mode`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mode }),
  });
}

/** How often each payment was charged, by payment id. */
export function countByPayment(charges: LedgerCharge[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { payment_id } of charges) counts.set(payment_id ?? "?", (counts.get(payment_id ?? "?") ?? 0) + 1);
  return counts;
}
