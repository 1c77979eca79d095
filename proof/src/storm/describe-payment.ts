import type { Facts } from "../invariants/facts.ts";

/** Everything that is known about a payment, as lines for a person. */
export function describePayment(facts: Facts, paymentId: string): string[] {
  const of = <Row extends { paymentId: string | null }>(rows: readonly Row[]) =>
    rows.filter((row) => row.paymentId === paymentId);
  const payment = facts.payments.find(({ id }) => id === paymentId);
  const booked = <Row extends { payment_id: string | null }>(rows: readonly Row[]) =>
    rows.filter(({ payment_id }) => payment_id === paymentId);
  const requests = facts.requests.filter(
    ({ answer, url, idempotencyKey }) =>
      answer?.id === paymentId || url.includes(paymentId) || idempotencyKey === payment?.idempotencyKey,
  );
  return [
    `payment ${JSON.stringify(payment)}`,
    ...of(facts.timeline).map(
      ({ at, version, kind, code, refundId }) =>
        `timeline ${at.toISOString()} v${version} ${kind}${code ? ` (${code})` : ""}${refundId ? ` ${refundId}` : ""}`,
    ),
    ...of(facts.changes).map(
      ({ version, oldStatus, newStatus, oldUnknown, newUnknown, oldObject, newObject }) =>
        `seen v${version} ${oldStatus} → ${newStatus}, unknown ${oldUnknown} → ${newUnknown}, object ${oldObject} → ${newObject}`,
    ),
    ...of(facts.attempts).map(
      ({ id, number, startedAt, outcome, code }) =>
        `attempt ${startedAt.toISOString()} ${number} ${id} ${outcome ?? "never ended"}${code ? ` (${code})` : ""}`,
    ),
    ...of(facts.refunds).map((refund) => `refund ${JSON.stringify(refund)}`),
    ...of(facts.anomalies).map((anomaly) => `anomaly ${JSON.stringify(anomaly)}`),
    ...booked(facts.books.objects).map((object) => `provider object ${JSON.stringify(object)}`),
    ...booked(facts.books.charges).map((charge) => `provider charge ${JSON.stringify(charge)}`),
    ...booked(facts.books.refunds).map((refund) => `provider refund ${JSON.stringify(refund)}`),
    ...requests.map(
      ({ n, visit, call, sentAt, answeredAt, status, gaveUp, url, body }) =>
        `client ${new Date(sentAt).toISOString()} #${n} ${visit} ${call} ${new URL(url).pathname} ${JSON.stringify(body)} → ` +
        (status === null ? (gaveUp ?? "no answer yet") : `${status} after ${Number(answeredAt) - sentAt} ms`),
    ),
  ];
}
