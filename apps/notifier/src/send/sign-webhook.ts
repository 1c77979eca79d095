import { createHmac } from "node:crypto";

/** What is signed of a webhook. */
export interface SignedParts {
  /** The event's id; it has no dot in it. */
  id: string;
  /** When it is sent: receivers refuse what is minutes off, so each attempt has its own. */
  timestampSeconds: number;
  body: string;
}

/**
 * The headers of Standard Webhooks.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @param secrets as merchants have them, `whsec_` and base64. Each signs: a receiver that has changed to the new secret
 *   and one that has not yet both find theirs.
 */
export function signWebhook({ id, timestampSeconds, body }: SignedParts, secrets: readonly string[]) {
  const content = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestampSeconds),
    "webhook-signature": signatures.join(" "),
  };
}
