import type { Random } from "../random.ts";
import type { StormStack } from "../storm-stack.ts";
import { drawCard } from "./cards.ts";
import type { Shop } from "./shop.ts";

export interface Visit {
  shop: Shop;
  random: Random;
  stack: StormStack;
}

/** One kind of visitor. */
export interface VisitKind {
  name: string;
  /** How often it comes, against the others. */
  weight: number;
  /** Draws all it needs at once, so that what it does follows from the seed and not from how things went. */
  go(visit: Visit): Promise<void>;
}

const CURRENCIES = ["eur", "usd", "gbp", "jpy"];

/** The body of a request to pay. */
export function drawPayment(random: Random): Record<string, unknown> {
  return {
    amount: random.between(100, 500_000),
    currency: random.pick(CURRENCIES),
    payment_method: drawCard(random),
    ...(random.chance(0.3) && { description: `Order ${random.between(1, 99_999)}` }),
  };
}

/** Different merchants may well use the same keys. */
export function drawKey(random: Random): string {
  return `storm-${random.between(0, 0xffff_ffff).toString(16)}-${random.between(0, 0xffff_ffff).toString(16)}`;
}
