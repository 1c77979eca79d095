import type { Database } from "./connect.ts";
import type { Payment } from "./generated/client.ts";
import type { PaymentRow } from "./payment-row.ts";

/** A payment of this merchant; null when there is none, or when it is another's. */
export async function findPayment(
  { prisma }: Database,
  where: { id: string; merchantId: string },
): Promise<PaymentRow | null> {
  const payment = await prisma.payment.findFirst({ where });
  return payment && fromPrisma(payment);
}

function fromPrisma(payment: Payment): PaymentRow {
  return {
    ...payment,
    amountMinor: Number(payment.amountMinor),
    refundedMinor: Number(payment.refundedMinor),
    reservedMinor: Number(payment.reservedMinor),
    status: payment.status as PaymentRow["status"],
    metadata: payment.metadata as PaymentRow["metadata"],
  };
}
