import { CURRENCIES, formatMoney } from "@payonce/domain";

/** `1 payment`, `1,200 payments` */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** `3 d 4 h`, `12 s`, `0 s`: the two largest units that matter. */
export function describeAge(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n > 0) parts.push(`${n} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ") || "0 s";
}

/** `2026-11-22T10:35:00Z`: for lists, in which milliseconds are noise. */
export function shortTime(time: Date | null | undefined): string | null {
  return time ? time.toISOString().replace(/\.\d{3}Z$/, "Z") : null;
}

/** `42.00 EUR`; an amount in a currency that we do not know stays as it is. */
export function money(amountMinor: number, currency: string): string {
  return CURRENCIES.includes(currency) ? formatMoney(amountMinor, currency) : `${amountMinor} ${currency}`;
}
