import type { Database } from "./connect.ts";
import { isUnavailable } from "./database-error.ts";
import { PAYMENT_COLUMNS, type PaymentRow, type RawPaymentRow, toPaymentRow } from "./payment-row.ts";

export interface AcceptRequest {
  /** Made by the caller; a replay answers with the first request's id instead. */
  id: string;
  merchantId: string;
  idempotencyKey: string;
  /** SHA-256 of the canonical body and of the client secret that came with it, hex. */
  requestHash: string;
  /** SHA-256, hex, of the client secret that the creator made; without one the payment's secret is derived. */
  clientSecretHash?: string | null;
  amountMinor: number;
  currency: string;
  paymentMethod: string;
  orderReference: string | null;
  description: string | null;
  metadata: Record<string, string>;
}

export type AcceptResult =
  | { kind: "created"; payment: PaymentRow }
  /** The same key, body and client secret, seen before. */
  | { kind: "replayed"; payment: PaymentRow }
  /** The same key with another body or client secret. */
  | { kind: "key_reused"; payment: PaymentRow }
  /** The order has a live or succeeded payment under another key. */
  | { kind: "order_taken"; payment: PaymentRow }
  /** Lost to a neighbour that was gone again when we looked, three times over. Trying again is safe. */
  | { kind: "contended" }
  /** This row alone could not be stored. */
  | { kind: "failed"; error: unknown };

/**
 * Prepared once for each connection, which takes Postgres two thirds of what planning it each time does (see `connect.ts`).
 * What finds conflicts is not: a plan from when the table was empty could read all of it.
 */
// One statement, one commit: the payment, its timeline and its outbox row exist together or not at all. ORDER BY lessens
// deadlocks between batches, and lets the first of several equal requests win. ON CONFLICT names no target, because the key's index and the order's must both yield a
// missing row instead of an error. The notify is in the select list of what is returned, or it would never run. No more is
// returned than is not known: reading whole rows back would cost each request more than its share of the statement.
export const ACCEPT = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id text, "merchantId" text, "idempotencyKey" text, "requestHash" text,
    "clientSecretHash" text, "amountMinor" bigint, currency text, "paymentMethod" text, "orderReference" text,
    description text, metadata jsonb)
), ins AS (
  INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, client_secret_hash, amount_minor, currency,
    payment_method, order_reference, description, metadata)
  SELECT id, "merchantId", "idempotencyKey", decode("requestHash", 'hex'), decode("clientSecretHash", 'hex'), "amountMinor",
    currency, "paymentMethod", "orderReference", description, metadata FROM i ORDER BY "merchantId", "idempotencyKey", id
  ON CONFLICT DO NOTHING
  RETURNING id, version, status, dispatch, created_at
), t AS (
  INSERT INTO timeline (payment_id, version, kind) SELECT id, version, status FROM ins
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'accepted', id, version, dispatch FROM ins
)
SELECT id, created_at, (SELECT pg_notify('outbox', '') FROM ins LIMIT 1) IS NOT NULL AS notified FROM ins`;

// A second statement, because the first one's snapshot cannot see the row of a racing winner. The key comes before the
// order: a replay of the order's own payment is a replay.
const FIND_CONFLICTS = `
SELECT r.id AS wanted, c.*
FROM jsonb_to_recordset($1::jsonb) AS r(id text, "merchantId" text, "idempotencyKey" text, "orderReference" text)
CROSS JOIN LATERAL (
  SELECT ${PAYMENT_COLUMNS}, encode(request_hash, 'hex') AS request_hash, by_key FROM (
    SELECT *, true AS by_key FROM payments
    WHERE merchant_id = r."merchantId" AND idempotency_key = r."idempotencyKey"
    UNION ALL
    SELECT *, false AS by_key FROM payments
    WHERE merchant_id = r."merchantId" AND order_reference = r."orderReference" AND status NOT IN ('declined', 'canceled')
  ) found ORDER BY by_key DESC LIMIT 1
) c`;

const MAX_ROUNDS = 3;
/** Rows that run by themselves may wait for locks, and leave connections to others meanwhile. */
const ALONE_AT_ONCE = 4;

/**
 * Stores payments, each exactly once, together with the outbox row that gets it charged. Takes many at once, so that
 * concurrent requests can share a commit; no row fails because of another. Redis is not touched.
 *
 * @returns one result for each request, in their order
 * @throws when the database cannot be reached; then nothing is known, and sending the same requests again is safe
 */
export async function acceptPayments(db: Database, requests: readonly AcceptRequest[]): Promise<AcceptResult[]> {
  try {
    return await acceptTogether(db, requests);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    // Bad data, a lock or a deadlock fails the whole statement: alone, each row answers for itself.
    if (requests.length > 1) return acceptOneByOne(db, requests);
    return [{ kind: "failed", error }];
  }
}

async function acceptOneByOne(db: Database, requests: readonly AcceptRequest[]): Promise<AcceptResult[]> {
  const results: AcceptResult[] = [];
  for (let i = 0; i < requests.length; i += ALONE_AT_ONCE) {
    const some = requests.slice(i, i + ALONE_AT_ONCE);
    results.push(...(await Promise.all(some.map((one) => acceptPayments(db, [one])))).flat());
  }
  return results;
}

async function acceptTogether({ prisma }: Database, requests: readonly AcceptRequest[]): Promise<AcceptResult[]> {
  const results = new Map<string, AcceptResult>();
  let open = requests;
  for (let round = 1; round <= MAX_ROUNDS && open.length > 0; round++) {
    const stored = await prisma.$queryRawUnsafe<StoredRow[]>(ACCEPT, JSON.stringify(open));
    const storedAt = new Map(stored.map(({ id, created_at }) => [id, created_at]));
    for (const request of open) {
      const at = storedAt.get(request.id);
      if (at) results.set(request.id, { kind: "created", payment: toNewPayment(request, at) });
    }
    open = open.filter(({ id }) => !results.has(id));
    if (open.length === 0) break;

    const hashes = new Map(open.map(({ id, requestHash }) => [id, requestHash]));
    for (const row of await prisma.$queryRawUnsafe<ConflictRow[]>(FIND_CONFLICTS, JSON.stringify(open)))
      results.set(row.wanted, conflictOf(row, hashes.get(row.wanted)));
    // Neither key nor order found: the payment in the way has just been declined. Its order is free again, so insert again.
    open = open.filter(({ id }) => !results.has(id));
  }
  return requests.map(({ id }) => results.get(id) ?? { kind: "contended" });
}

function conflictOf(row: ConflictRow, requestHash: string | undefined): AcceptResult {
  const payment = toPaymentRow(row);
  if (!row.by_key) return { kind: "order_taken", payment };
  return { kind: row.request_hash === requestHash ? "replayed" : "key_reused", payment };
}

/** A row as the table's defaults have just made it. */
function toNewPayment(request: AcceptRequest, createdAt: Date): PaymentRow {
  const { id, merchantId, amountMinor, currency, paymentMethod, orderReference, description, metadata } = request;
  return {
    id,
    merchantId,
    amountMinor,
    currency,
    paymentMethod,
    orderReference,
    description,
    metadata,
    clientSecretHash: request.clientSecretHash ? Buffer.from(request.clientSecretHash, "hex") : null,
    status: "queued",
    outcomeUnknown: false,
    failureCode: null,
    attempts: 0,
    refundedMinor: 0,
    reservedMinor: 0,
    version: 1,
    nextActionAt: createdAt,
    createdAt,
    updatedAt: createdAt,
  };
}

interface StoredRow {
  id: string;
  created_at: Date;
}
type ConflictRow = RawPaymentRow & { wanted: string; by_key: boolean; request_hash: string };
