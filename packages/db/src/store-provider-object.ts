import type pg from "pg";
import { sqlState } from "./database-error.ts";

// Only the claimer may, and only once: what is not stored is never confirmed. Locks in id order, or two batches deadlock.
const STORE = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r("paymentId" text, version int, "objectId" text, "mayHaveCharged" bool)
), l AS MATERIALIZED (
  SELECT p.id, i.version, i."objectId", i."mayHaveCharged" FROM i JOIN payments p ON p.id = i."paymentId"
  ORDER BY p.id FOR UPDATE OF p
), u AS (
  UPDATE payments p SET provider_object_id = l."objectId", outcome_unknown = l."mayHaveCharged", version = p.version + 1,
    updated_at = clock_timestamp()
  FROM l WHERE p.id = l.id AND p.version = l.version AND p.status = 'charging'
    AND p.provider_object_id IS NULL
  RETURNING p.id, p.version, p.provider_object_id
), t AS (
  INSERT INTO timeline (payment_id, version, kind) SELECT id, version, 'provider_object_stored' FROM u
)
SELECT id, version, provider_object_id AS "objectId" FROM u`;

export interface StoreRequest {
  paymentId: string;
  /** As of the claim. */
  version: number;
  objectId: string;
  /** True for an object that was found: its outcome is unknown from here on. */
  mayHaveCharged: boolean;
}

/** The payment's new version; `lost` when the claim was, `taken` when another payment holds the object. */
export type StoreResult = number | "lost" | "taken";

/**
 * Remembers for each payment the one provider object that may be confirmed for it.
 *
 * @returns one result for each request, in their order. Where it is no version, nothing may be confirmed.
 * @throws where one of several objects is held by another payment: nothing has happened then, and each has to be sent alone
 */
export async function storeProviderObjects(pool: pg.Pool, requests: readonly StoreRequest[]): Promise<StoreResult[]> {
  try {
    const { rows } = await pool.query<{ id: string; version: number; objectId: string }>({
      name: "store-provider-objects",
      text: STORE,
      values: [JSON.stringify(requests)],
    });
    // By all three: of two requests for one payment only the one whose object was stored may confirm it.
    const stored = new Set(rows.map(({ id, version, objectId }) => `${id} ${version} ${objectId}`));
    return requests.map(({ paymentId, version, objectId }) =>
      stored.has(`${paymentId} ${version + 1} ${objectId}`) ? version + 1 : "lost",
    );
  } catch (error) {
    if (requests.length === 1 && sqlState(error) === UNIQUE_VIOLATION) return ["taken"];
    throw error;
  }
}

/** `storeProviderObjects` for one. */
export async function storeProviderObject(pool: pg.Pool, request: StoreRequest): Promise<StoreResult> {
  const [result = "lost"] = await storeProviderObjects(pool, [request]);
  return result;
}

const UNIQUE_VIOLATION = "23505";
