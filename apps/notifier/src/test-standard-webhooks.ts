import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE_SECONDS = 5 * 60;

/**
 * A receiver's check of a webhook, written from the specification alone, with the interface of the npm package
 * `standardwebhooks`: `import { Webhook } from "standardwebhooks"` takes its place.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export class Webhook {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  }

  /** Gives the payload. Throws when the webhook is not genuine, or not of these minutes. */
  verify(payload: string | Buffer, headers: Record<string, string>): unknown {
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
    if (!id || !timestamp || !signatures) throw new Error("Missing required headers");
    if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= TOLERANCE_SECONDS))
      throw new Error("Message timestamp is too old, or too new");
    const expected = createHmac("sha256", this.#key).update(`${id}.${timestamp}.`).update(payload).digest();
    const isGenuine = signatures.split(" ").some((signature) => {
      const [version, value = ""] = signature.split(",");
      const given = Buffer.from(value, "base64");
      return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isGenuine) throw new Error("No matching signature found");
    return JSON.parse(payload.toString());
  }
}
