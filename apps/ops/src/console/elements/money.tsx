import { CURRENCIES, formatMoney } from "@payonce/domain";

/** An amount with its currency, in major units by the currency's own exponent. */
export function Money({ amountMinor, currency }: { amountMinor: number; currency: string }) {
  return <span class="money">{moneyText(amountMinor, currency)}</span>;
}

/** A currency that we do not know is shown in minor units, and says so, rather than with a point in a wrong place. */
export function moneyText(amountMinor: number, currency: string): string {
  if (CURRENCIES.includes(currency)) return formatMoney(amountMinor, currency);
  return `${amountMinor} minor units of ${currency.toUpperCase()}`;
}
