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

/** A merchant's payments, newest first: ids sort by creation. */
export async function listPayments(
  { prisma }: Database,
  { merchantId, limit, startingAfter }: { merchantId: string; limit: number; startingAfter: string | undefined },
): Promise<PaymentRow[]> {
  const payments = await prisma.payment.findMany({
    where: { merchantId, ...(startingAfter && { id: { lt: startingAfter } }) },
    orderBy: { id: "desc" },
    take: limit,
  });
  return payments.map(fromPrisma);
}

function fromPrisma(payment: Payment): PaymentRow {
  return {
    ...payment,
    amountMinor: Number(payment.amountMinor),
    status: payment.status as PaymentRow["status"],
    metadata: payment.metadata as PaymentRow["metadata"],
  };
}
