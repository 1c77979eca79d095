import type { Database } from "../connect.ts";
import type { Payment, Refund } from "../generated/client.ts";
import type { RefundRow } from "./refund-row.ts";

const WITH_CURRENCY = { payment: { select: { currency: true } } } as const;

/** A refund of this merchant; null when there is none, or when it is another's. */
export async function findRefund(
  { prisma }: Database,
  where: { id: string; merchantId: string },
): Promise<RefundRow | null> {
  const refund = await prisma.refund.findFirst({ where, include: WITH_CURRENCY });
  return refund && fromPrisma(refund);
}

/** The refunds of a merchant's payment, newest first: ids sort by creation. */
export async function listRefunds(
  { prisma }: Database,
  page: { paymentId: string; merchantId: string; limit: number; startingAfter: string | undefined },
): Promise<RefundRow[]> {
  const { paymentId, merchantId, limit, startingAfter } = page;
  const refunds = await prisma.refund.findMany({
    where: { paymentId, merchantId, ...(startingAfter && { id: { lt: startingAfter } }) },
    include: WITH_CURRENCY,
    orderBy: { id: "desc" },
    take: limit,
  });
  return refunds.map(fromPrisma);
}

function fromPrisma({ payment, ...refund }: Refund & { payment: Pick<Payment, "currency"> }): RefundRow {
  return {
    ...refund,
    currency: payment.currency,
    amountMinor: Number(refund.amountMinor),
    status: refund.status as RefundRow["status"],
    reason: refund.reason as RefundRow["reason"],
    metadata: refund.metadata as RefundRow["metadata"],
  };
}
