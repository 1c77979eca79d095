import { createOrderedRecords, type OrderedRecords } from "../ordered-records.ts";
import type { AnyCharge } from "./stripe-charge.ts";

/** Every charge there ever was, in order, and those of one PaymentIntent without looking through all. */
export type ChargeRegister = {
  readonly all: Omit<OrderedRecords<AnyCharge>, "put">;
  /** Oldest first. */
  of(paymentIntentId: string): readonly AnyCharge[];
  add(charge: AnyCharge): void;
};

export function createChargeRegister(): ChargeRegister {
  const all = createOrderedRecords<AnyCharge>();
  const byIntent = new Map<string, readonly AnyCharge[]>();
  const of = (id: string) => byIntent.get(id) ?? [];

  return {
    all,
    of,
    add(charge) {
      all.put(charge.id, charge);
      byIntent.set(charge.payment_intent, [...of(charge.payment_intent), charge]);
    },
  };
}
