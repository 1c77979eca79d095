import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type Database, type PaymentRow, readClientSecretKey } from "@payonce/db";
import { formatClientSecret, PayonceError, parseClientSecret, parseNewClientSecret } from "@payonce/domain";
import type { Request } from "express";
import { CLIENT_SECRET_HEADER } from "../http/cross-origin.ts";

/*
 * A publishable key is known to everybody, so with it a payment is read by its client secret alone, which is nowhere stored.
 *
 * Who creates a payment with a publishable key makes the secret and sends it along. Only its hash is kept, and the secret is
 * a part of the request that the idempotency key stands for: a replay without it is another request, and is refused as one
 * with another body is. So an answer that was lost can be asked for again, and whoever guesses another's key and body learns
 * no more than that the key is taken. (To give such a guesser a payment of its own, by counting the secret to the key, would
 * hide even that; but a browser that forgot its secret and kept its key would pay twice.)
 *
 * Who creates one with a secret key may leave it to us: then it is derived from the payment's id with a key of this
 * installation, so that each replay is answered with the same, also after the API key was replaced. Whoever can read that key
 * in the database can read the payments there as well.
 */

/** Reads the secret that comes with a request to create a payment. */
export function readNewClientSecret(request: Request, isRequired: boolean): string | null {
  const header = request.get(CLIENT_SECRET_HEADER);
  const param = CLIENT_SECRET_HEADER;
  const how = "Make 32 random bytes, send them as hex digits or base64url, and repeat them on retries.";
  if (header === undefined) {
    if (isRequired) throw new PayonceError("client_secret_missing", how, { param });
    return null;
  }
  const secret = parseNewClientSecret(header);
  if (secret === null)
    throw new PayonceError("client_secret_invalid", `It must be 32 to 128 letters, digits, - or _. ${how}`, { param });
  return secret;
}

/** @param made the secret that the payment's creator sent along; without one it is derived */
export async function clientSecretOf(db: Database, paymentId: string, made: string | null): Promise<string> {
  return formatClientSecret(paymentId, made ?? (await derive(db, paymentId)));
}

export function hashClientSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Whether this payment's creator made this secret. */
export function isMadeSecret({ clientSecretHash }: PaymentRow, secret: string | null): boolean {
  return secret !== null && clientSecretHash !== null && isSame(clientSecretHash, hashClientSecret(secret));
}

/** @param clientSecret as the answer to the creation has it */
export async function opensPayment(db: Database, payment: PaymentRow, clientSecret: string): Promise<boolean> {
  const secret = parseClientSecret(payment.id, clientSecret);
  if (secret === null) return false;
  if (payment.clientSecretHash) return isMadeSecret(payment, secret);
  return isSame(Buffer.from(await derive(db, payment.id)), Buffer.from(secret));
}

async function derive({ pool }: Database, paymentId: string): Promise<string> {
  const key = await readClientSecretKey(pool);
  return createHmac("sha256", key).update(`client secret of ${paymentId}`).digest("base64url");
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
