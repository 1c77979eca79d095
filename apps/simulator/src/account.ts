import type { Answer } from "./outcome.ts";

/** GET /v1/account: whose API keys these are. All test keys belong to one account. */
export function retrieveAccount(accountId: string): Answer {
  return { status: 200, body: { id: accountId, object: "account" } };
}
