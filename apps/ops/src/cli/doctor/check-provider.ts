import { type Check, type Finding, failed, ok, unchecked, warning } from "./check.ts";
import { reasonOf } from "./check-postgres.ts";

export interface ProviderSettings {
  apiBase: string;
  apiKey: string | undefined;
  limitMs: number;
}

/** Asks the provider whose key this is: the one call that needs nothing and moves nothing. */
export function checkProvider(settings: ProviderSettings): Check {
  return { name: "provider", run: () => askProvider(settings) };
}

async function askProvider({ apiBase, apiKey, limitMs }: ProviderSettings): Promise<Finding> {
  if (!apiKey) return unchecked("cannot be checked: STRIPE_API_KEY is not set here");
  if (!/^[rs]k_(test|live)_\w+$/.test(apiKey))
    return failed("STRIPE_API_KEY is no Stripe secret or restricted key", "Set it to one that starts with sk_ or rk_.");
  const host = new URL(apiBase).host;
  try {
    const answer = await fetch(new URL("/v1/account", apiBase), {
      headers: { authorization: `Bearer ${apiKey}` },
      redirect: "manual",
      signal: AbortSignal.timeout(limitMs),
    });
    return await describeAnswer(answer, host, apiKey);
  } catch (error) {
    const { name, cause = error } = error as Error;
    const reason = name === "TimeoutError" ? `no answer within ${limitMs / 1_000} s` : reasonOf(cause);
    return failed(
      `${host} cannot be reached: ${reason}`,
      "Check STRIPE_API_BASE, the network and the provider's status page. Payments wait, and nothing is charged twice.",
    );
  }
}

async function describeAnswer(answer: Response, host: string, apiKey: string): Promise<Finding> {
  const world = /^[rs]k_live_/.test(apiKey) ? "live" : "test";
  const body = readJson(await answer.text()) as { id?: unknown } | null;
  switch (answer.status) {
    case 200: {
      const id = typeof body?.id === "string" && /^acct_\w{1,100}$/.test(body.id) ? body.id : null;
      if (id) return ok(`${host} takes the key: ${id}, ${world} mode`);
      break;
    }
    case 401:
      return failed(
        `${host} refuses the key`,
        "Set STRIPE_API_KEY to one that is valid, for this command and for the chargers.",
      );
    case 403:
      return warning(
        `${host} knows the key, which may not ask for its account`,
        "Set STRIPE_ACCOUNT for the chargers, or allow the key to read the account.",
      );
    case 404:
      return ok(`${host} answers, and knows nothing of accounts: a stand-in`);
  }
  return failed(
    `${host} answers with ${answer.status}, and not as the provider does`,
    "Check STRIPE_API_BASE, and the provider's status page.",
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
