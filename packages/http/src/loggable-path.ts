import { containsCardNumber } from "@payonce/domain";

/** A key of a merchant, the client secret of a payment, or a token of an operator, whose id is shorter. */
const SECRET = /[ps]k_(?:test|live)_|_secret_|opt_\w{27}/;

/** A request's path as logs and answers may repeat it: cut to a length, and without a card number, key or token put there by mistake. */
export function loggablePath(path: string): string {
  const readable = path.includes("%")
    ? path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : path;
  return containsCardNumber(readable) || SECRET.test(readable) ? "/[redacted]" : path.slice(0, 200);
}
