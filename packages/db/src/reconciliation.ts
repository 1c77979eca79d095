import { firstIdAt } from "@payonce/domain";
import type pg from "pg";
import type { InspectedPayment } from "./inspect.ts";
import { type ReconciliationRun, RUN_COLUMNS } from "./reconciliation-run.ts";

export interface ReconciledPayment extends InspectedPayment {
  /** A charger has it at this moment. */
  isAtWork: boolean;
}

const PAYMENT = `'id', p.id, 'status', p.status, 'version', p.version, 'amountMinor', p.amount_minor,
  'currency', p.currency, 'outcomeUnknown', p.outcome_unknown, 'providerObjectId', p.provider_object_id,
  'providerAccount', p.provider_account, 'providerApiVersion', p.provider_api_version,
  'isAtWork', p.status = 'charging' AND p.next_action_at > clock_timestamp()`;

// Whom the object names comes first. One that names nobody we know may still be the object that a payment has stored.
const READ_CHARGED = `
SELECT c.id AS "objectId", CASE WHEN p.id IS NOT NULL THEN jsonb_build_object(${PAYMENT}) END AS payment
FROM jsonb_to_recordset($1::jsonb) AS c(id text, "paymentId" text)
LEFT JOIN payments p ON p.id = coalesce(
  (SELECT id FROM payments WHERE id = c."paymentId"),
  (SELECT id FROM payments WHERE provider_object_id = c.id))`;

/** The payment of each charged object, by the object's id; null where there is none. */
export async function readChargedPayments(
  session: pg.PoolClient,
  charges: readonly { id: string; paymentId: string | null }[],
): Promise<Map<string, ReconciledPayment | null>> {
  const values = [JSON.stringify(charges.map(({ id, paymentId }) => ({ id, paymentId })))];
  const { rows } = await session.query<{ objectId: string; payment: ReconciledPayment | null }>({
    name: "read-charged",
    text: READ_CHARGED,
    values,
  });
  return new Map(rows.map(({ objectId, payment }) => [objectId, payment]));
}

/** An id is made by the API's clock, `created_at` by the database's: so far apart they may be. */
const CLOCKS_APART_MS = 24 * 3_600_000;

// Planned each time, here and below: a plan from before the tables filled would scan them whole, for every page.
// By id and not by `created_at`, which has no index: every insert would pay for one. The page is of all payments, so that
// a statement's work is bounded also where hardly any belongs to the period.
const FIND_UNLISTED = `
WITH page AS MATERIALIZED (
  SELECT * FROM payments WHERE id > $2 AND id < $3 ORDER BY id LIMIT $7
), p AS (
  SELECT page.*, EXISTS (
    SELECT 1 FROM reconciliation_seen s WHERE s.reconciliation_id = $1 AND s.provider_object_id = page.provider_object_id
  ) AS is_listed
  FROM page WHERE status = 'succeeded' AND created_at >= $4 AND created_at < $5
    AND (provider_account = $6 OR provider_account IS NULL)
)
SELECT (SELECT max(id) FROM page) AS "lastId", count(*)::int AS payments,
  coalesce(jsonb_agg(jsonb_build_object(${PAYMENT}) ORDER BY p.id) FILTER (WHERE NOT is_listed), '[]') AS unlisted
FROM p`;

export interface PaymentPage {
  /** Where the next page starts; null when there are no more. */
  lastId: string | null;
  /** How many of this page had to be among the provider's charges. */
  payments: number;
  /** Those of them that were not. */
  unlisted: ReconciledPayment[];
}

/** The next page of our succeeded payments of the period, charged at the run's account, that the provider did not list. */
export async function findUnlistedPayments(
  session: pg.PoolClient,
  run: ReconciliationRun,
  limit: number,
): Promise<PaymentPage> {
  const { id, periodFrom, periodTo, paymentCursor, providerAccount } = run;
  const after = paymentCursor ?? firstIdAt("pay", new Date(periodFrom.getTime() - CLOCKS_APART_MS));
  const before = firstIdAt("pay", new Date(periodTo.getTime() + CLOCKS_APART_MS));
  const { rows } = await session.query<PaymentPage>({
    text: FIND_UNLISTED,
    values: [id, after, before, periodFrom, periodTo, providerAccount, limit],
  });
  return rows[0] as PaymentPage;
}

/** One difference between the provider's charges and our payments. */
export interface ReconciliationFinding {
  /** `healing` when the payment is woken and will end as its object says; otherwise the anomaly's kind. */
  kind: string;
  providerObjectId: string;
  /** Of a charge without a payment here: as the provider says. */
  paymentId: string | null;
  /** Null where there is no such payment. */
  paymentStatus: string | null;
  amountMinor: number;
  currency: string;
}

export interface ReconciledPage {
  progress: Pick<ReconciliationRun, "providerCursor" | "isProviderListed" | "paymentCursor">;
  /** Charged objects the provider has listed. */
  seen: readonly string[];
  payments: number;
  findings: readonly ReconciliationFinding[];
}

// Everything a page leads to is one commit with the progress past it: a run that is killed does a page again or not at
// all. A payment is woken once, though it be found by several runs before the relay gets to it.
const SAVE = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS r(kind text, "providerObjectId" text, "paymentId" text,
    "paymentStatus" text, "amountMinor" bigint, currency text)
), s AS (
  INSERT INTO reconciliation_seen (reconciliation_id, provider_object_id) SELECT $1, unnest($2::text[])
  ON CONFLICT DO NOTHING RETURNING 1
), f AS (
  INSERT INTO reconciliation_findings
    (reconciliation_id, kind, provider_object_id, payment_id, payment_status, amount_minor, currency)
  SELECT $1, kind, "providerObjectId", "paymentId", "paymentStatus", "amountMinor", currency FROM i
  ON CONFLICT DO NOTHING RETURNING kind
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT 'look_again', p.id, p.version, p.dispatch FROM payments p
  WHERE p.id IN (SELECT "paymentId" FROM i WHERE kind = 'healing') AND p.status NOT IN ('succeeded', 'declined', 'canceled')
    AND NOT EXISTS (SELECT 1 FROM outbox w WHERE w.payment_id = p.id AND w.kind = 'look_again')
  RETURNING id
)
UPDATE reconciliations SET charges = charges + (SELECT count(*) FROM s), payments = payments + $4,
  healing = healing + (SELECT count(*) FROM f WHERE kind = 'healing'),
  anomalies = anomalies + (SELECT count(*) FROM f WHERE kind <> 'healing'),
  provider_cursor = $5, is_provider_listed = $6, payment_cursor = $7
WHERE id = $1 RETURNING ${RUN_COLUMNS}, (SELECT pg_notify('outbox', '') FROM o LIMIT 1) IS NOT NULL AS notified`;

/**
 * Writes what a page of the comparison came to, has payments looked at that will heal, and notes how far the run is.
 *
 * @param session the one that holds the run's lock: who has lost the lock can write nothing
 * @returns the run as it is now
 */
export async function saveReconciledPage(
  session: pg.PoolClient,
  runId: string,
  { progress, seen, payments, findings }: ReconciledPage,
): Promise<ReconciliationRun> {
  const { providerCursor, isProviderListed, paymentCursor } = progress;
  const values = [runId, seen, JSON.stringify(findings), payments, providerCursor, isProviderListed, paymentCursor];
  const { rows } = await session.query<ReconciliationRun>({ text: SAVE, values });
  const [run] = rows;
  if (!run) throw new Error("the reconciliation was deleted while it ran");
  return run;
}

/** A finding as it is told, with whether this run was the first to see it. */
export interface ToldFinding extends ReconciliationFinding {
  /** Null for what heals. */
  isNew: boolean | null;
}

// By the unique index of open anomalies, so written as that is. A charge without a payment names one that is not here.
const LIST_FINDINGS = `
WITH f AS MATERIALIZED (
  SELECT * FROM reconciliation_findings WHERE reconciliation_id = $1 AND (kind, provider_object_id) > ($3, $4)
  ORDER BY kind, provider_object_id LIMIT $5
)
SELECT f.kind, f.provider_object_id AS "providerObjectId", f.payment_id AS "paymentId",
  f.payment_status AS "paymentStatus", f.amount_minor::float8 AS "amountMinor", f.currency,
  CASE WHEN f.kind <> 'healing' THEN EXISTS (
    SELECT 1 FROM anomalies a WHERE a.resolved_at IS NULL AND a.kind = f.kind
      AND coalesce(a.payment_id, '') = CASE WHEN f.payment_status IS NULL THEN '' ELSE f.payment_id END
      AND coalesce(a.provider_object_id, '') = f.provider_object_id AND a.opened_at >= $2) END AS "isNew"
FROM f ORDER BY f.kind, f.provider_object_id`;

/** What a run found, by kind and object, a page at a time; `after` is the last finding of the page before. */
export async function listFindings(
  db: pg.Pool | pg.PoolClient,
  { id, startedAt }: Pick<ReconciliationRun, "id" | "startedAt">,
  after: Pick<ReconciliationFinding, "kind" | "providerObjectId"> | null,
  limit: number,
): Promise<ToldFinding[]> {
  const values = [id, startedAt, after?.kind ?? "", after?.providerObjectId ?? "", limit];
  const { rows } = await db.query<ToldFinding>({ text: LIST_FINDINGS, values });
  return rows;
}
