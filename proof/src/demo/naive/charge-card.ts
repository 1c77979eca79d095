export interface ProviderOptions {
  /** `https://api.stripe.com`, or a simulator of it. */
  apiBase: string;
  apiKey: string;
  /** How long one call may take. */
  timeoutMs: number;
}

export interface CardCharge {
  amount: number;
  currency: string;
  payment_method: string;
  /** Shows on the charge at the provider. */
  description: string;
}

/**
 * Takes the money: creates a PaymentIntent and confirms it.
 *
 * @throws when the provider does not answer in time, or does not say that the charge succeeded
 */
export async function chargeCard(provider: ProviderOptions, charge: CardCharge): Promise<{ id: string }> {
  const { amount, currency, payment_method, description } = charge;
  const intent = await post(provider, "/v1/payment_intents", {
    amount: String(amount),
    currency,
    payment_method,
    description,
    "metadata[payment_id]": description,
  });
  const confirmed = await post(provider, `/v1/payment_intents/${intent.id}/confirm`, {});
  if (confirmed.status !== "succeeded") throw new Error(`the charge is ${confirmed.status}`);
  return confirmed;
}

async function post({ apiBase, apiKey, timeoutMs }: ProviderOptions, path: string, form: Record<string, string>) {
  const answer = await fetch(`${apiBase}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${apiKey}` },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!answer.ok) throw new Error(`the provider answered ${answer.status}`);
  return (await answer.json()) as { id: string; status: string };
}
