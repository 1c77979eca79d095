import type pg from "pg";
import { sqlState } from "./database-error.ts";

// Only the claimer may, and only once: what is not stored is never confirmed.
const STORE = `
WITH u AS (
  UPDATE payments SET provider_object_id = $3, outcome_unknown = $4, version = version + 1, updated_at = clock_timestamp()
  WHERE id = $1 AND version = $2 AND status = 'charging' AND provider_object_id IS NULL RETURNING id, version
), t AS (
  INSERT INTO timeline (payment_id, version, kind) SELECT id, version, 'provider_object_stored' FROM u
)
SELECT version FROM u`;

export interface StoreRequest {
  paymentId: string;
  /** As of the claim. */
  version: number;
  objectId: string;
  /** True for an object that was found: its outcome is unknown from here on. */
  mayHaveCharged: boolean;
}

/**
 * Remembers the one provider object that may be confirmed for a payment.
 *
 * @returns the payment's new version; `lost` when the claim was, `taken` when another payment holds the object. In both
 *   cases nothing may be confirmed.
 */
export async function storeProviderObject(
  pool: pg.Pool,
  { paymentId, version, objectId, mayHaveCharged }: StoreRequest,
): Promise<number | "lost" | "taken"> {
  try {
    const values = [paymentId, version, objectId, mayHaveCharged];
    const { rows } = await pool.query<{ version: number }>({ name: "store-provider-object", text: STORE, values });
    return rows[0]?.version ?? "lost";
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) return "taken";
    throw error;
  }
}

const UNIQUE_VIOLATION = "23505";
