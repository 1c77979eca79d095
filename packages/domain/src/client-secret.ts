import { containsCardNumber } from "./card-number.ts";

const SEPARATOR = "_secret_";

/**
 * Reads the header `Payonce-Client-Secret` of a request that creates a payment: a secret that its sender has made. Null when
 * it could be guessed by its length alone: 32 characters are 128 bits when they are hex digits, and more otherwise.
 */
export function parseNewClientSecret(header: string): string | null {
  return /^[A-Za-z0-9_-]{32,128}$/.test(header) && !containsCardNumber(header) ? header : null;
}

/** A payment's `client_secret`: with a publishable key it opens this payment, and no other. */
export function formatClientSecret(paymentId: string, secret: string): string {
  return `${paymentId}${SEPARATOR}${secret}`;
}

/** The secret within a payment's `client_secret`; null when it is not this payment's, or not whole. */
export function parseClientSecret(paymentId: string, clientSecret: string): string | null {
  const start = `${paymentId}${SEPARATOR}`;
  return clientSecret.startsWith(start) ? clientSecret.slice(start.length) : null;
}
