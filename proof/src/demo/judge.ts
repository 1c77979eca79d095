import type { PlannedCheckout } from "./plan.ts";

/** A charge in the provider's ledger. */
export interface LedgerCharge {
  /** The PaymentIntent that took the money; each takes it once. */
  objectId: string;
  /** The order it was for, as far as the service can tell from what it has written down. */
  order: string | null;
  amountMinor: number;
}

/** A payment that the service has written down as paid. */
export interface PaidRecord {
  order: string;
  objectId: string | null;
}

/** How it ended for the customer. */
export interface CustomerEnd {
  order: string;
  /** The last thing they were told; "nothing" where no answer ever came. */
  told: "paid" | "failed" | "nothing";
  /** The service has said that it has the order and will charge it. */
  accepted: boolean;
}

export interface Books {
  charges: readonly LedgerCharge[];
  records: readonly PaidRecord[];
  ends: readonly CustomerEnd[];
}

export type Fate = "charged_once" | "charged_twice" | "unrecorded" | "never_charged" | "gave_up";

export interface Judgement {
  /** By order: the worst that happened to it. */
  fates: ReadonlyMap<string, Fate>;
  /** Orders that were charged more than once. */
  chargedTwice: string[];
  /** Charges that the service knows nothing of. */
  unrecorded: { charges: LedgerCharge[]; amountMinor: number };
  /** Orders whose customer was told that it is paid or accepted, or which are written down as paid, and no money moved. */
  neverCharged: string[];
  /** Orders whose customer left without having paid: no money is wrong, but a sale is gone. */
  gaveUp: string[];
  takenMinor: number;
  /** Taken beyond the price of what is written down as paid, and so delivered. */
  owedBackMinor: number;
}

/**
 * Compares what the provider took with what the service wrote down and what the customers were told. The ledger is right by
 * definition. An order that is written down as paid is delivered, so its price may be kept; all else is owed back.
 */
export function judge(checkouts: readonly PlannedCheckout[], { charges, records, ends }: Books): Judgement {
  const known = new Set(records.map(({ objectId }) => objectId));
  const paidOrders = new Set(records.map(({ order }) => order));
  const endOf = new Map(ends.map((end) => [end.order, end]));
  const chargesOf = (wanted: string) => charges.filter(({ order }) => order === wanted);
  const unrecorded = charges.filter(({ objectId }) => !known.has(objectId));
  const unrecordedOrders = new Set(unrecorded.map(({ order }) => order));

  const fates = new Map<string, Fate>();
  // A charge that cannot be tied to any of the orders is owed back whole.
  const orders = new Set(checkouts.map(({ order }) => order));
  let owedBackMinor = sumOf(charges.filter(({ order }) => order === null || !orders.has(order)));
  for (const { order, amountMinor } of checkouts) {
    const taken = chargesOf(order);
    owedBackMinor += Math.max(0, sumOf(taken) - (paidOrders.has(order) ? amountMinor : 0));
    const end = endOf.get(order);
    if (taken.length > 1) fates.set(order, "charged_twice");
    else if (unrecordedOrders.has(order)) fates.set(order, "unrecorded");
    else if (taken.length === 1) fates.set(order, "charged_once");
    else if (paidOrders.has(order) || end?.told === "paid" || end?.accepted) fates.set(order, "never_charged");
    else fates.set(order, "gave_up");
  }
  const having = (fate: Fate) => [...fates].filter(([, own]) => own === fate).map(([order]) => order);
  return {
    fates,
    chargedTwice: having("charged_twice"),
    unrecorded: { charges: unrecorded, amountMinor: sumOf(unrecorded) },
    neverCharged: having("never_charged"),
    gaveUp: having("gave_up"),
    takenMinor: sumOf(charges),
    owedBackMinor,
  };
}

/** Whether nobody was charged twice, nothing taken is unknown, and nothing promised was lost. */
export function isClean({ chargedTwice, unrecorded, neverCharged, gaveUp, owedBackMinor }: Judgement): boolean {
  const losses = [chargedTwice, unrecorded.charges, neverCharged, gaveUp];
  return losses.every(({ length }) => length === 0) && owedBackMinor === 0;
}

function sumOf(charges: readonly LedgerCharge[]): number {
  return charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
