import { containsCardNumber } from "@payonce/domain";

const API_KEY = /[ps]k_(?:test|live)_/;

/** A request's path as logs and answers may repeat it: cut to a length, and without a card number or key put there by mistake. */
export function loggablePath(path: string): string {
  const readable = path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return containsCardNumber(readable) || API_KEY.test(readable) ? "/[redacted]" : path.slice(0, 200);
}
