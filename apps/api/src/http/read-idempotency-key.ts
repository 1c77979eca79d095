import { containsCardNumber, PayonceError, parseIdempotencyKey } from "@payonce/domain";

const param = "Idempotency-Key";

/** Reads the header of a request that makes something. Throws what is wrong with it. */
export function readIdempotencyKey(header: string | undefined): string {
  if (!header)
    throw new PayonceError(
      "idempotency_key_missing",
      "Send a key of your own, a UUID for instance; repeat it on retries.",
      { param },
    );
  const key = parseIdempotencyKey(header);
  if (!key)
    throw new PayonceError("idempotency_key_invalid", "It must be 1 to 255 visible ASCII characters.", { param });
  // Keys are stored and shown to operators.
  if (containsCardNumber(key))
    throw new PayonceError("idempotency_key_invalid", "It must not contain a card number.", { param });
  return key;
}
