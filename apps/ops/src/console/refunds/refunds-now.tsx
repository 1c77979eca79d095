import type { EvidencedPayment, EvidencedRefund } from "@payonce/db/operations";
import { countOf } from "../elements/count.ts";
import { Money } from "../elements/money.tsx";

/** What a payment's refunds come to, in a sentence or two; nothing where there is none. */
export function RefundsNow({ payment, refunds }: { payment: EvidencedPayment; refunds: readonly EvidencedRefund[] }) {
  if (refunds.length === 0) return null;
  const { refundedMinor, refundReservedMinor, currency } = payment;
  const underWay = refundReservedMinor - refundedMinor;
  const dead = refunds.filter(({ status }) => status === "dead_lettered").length;
  return (
    <>
      <p>
        Refunded: <Money amountMinor={refundedMinor} currency={currency} />
        {underWay > 0 && (
          <>
            {", and "}
            <Money amountMinor={underWay} currency={currency} /> reserved for refunds that have not ended
          </>
        )}
        .
      </p>
      {dead > 0 && (
        <p>
          <strong>{countOf(dead, "refund is a dead letter", "refunds are dead letters")}.</strong>{" "}
          <a href="#refunds">Decide about {dead === 1 ? "it" : "them"}</a>
        </p>
      )}
    </>
  );
}
