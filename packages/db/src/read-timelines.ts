import { TIMELINE_KINDS, type TimelineKind, type TimelineRow } from "@payonce/domain";
import type pg from "pg";
import { PAYMENT_COLUMNS, type PaymentRow, type RawPaymentRow, toPaymentRow } from "./payment-row.ts";

/** A payment, and the version up to which its timeline is known. */
export interface TimelinePosition {
  paymentId: string;
  /** 0 for all of it. */
  afterVersion: number;
}

export interface Timeline {
  payment: PaymentRow;
  /** What merchants may see of what came after the position, oldest first. May be empty: not every version is public. */
  rows: TimelineRow[];
  /** True when there is more after the last row; otherwise all is told up to the payment's version. */
  isCutOff: boolean;
}

// One snapshot for payments and rows. A transition raises the version under the row's lock and writes its timeline row in
// the same transaction, so whoever sees a version sees all rows before it: nothing can come in behind a position.
const READ = `
WITH i AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::int[]) AS r(payment_id, after_version)
)
SELECT ${PAYMENT_COLUMNS}, t.versions, t.kinds, t.codes, t.refunds, t.times
FROM i JOIN payments p ON p.id = i.payment_id AND p.version > i.after_version
CROSS JOIN LATERAL (
  SELECT array_agg(version) AS versions, array_agg(kind) AS kinds, array_agg(code) AS codes,
    array_agg(refund_id) AS refunds, array_agg(at) AS times
  FROM (
    SELECT version, kind, code, refund_id, at FROM timeline
    WHERE timeline.payment_id = p.id AND timeline.version > i.after_version AND kind = ANY ($3::text[])
    ORDER BY version, at LIMIT $4
  ) rows
) t`;

type RawTimeline = RawPaymentRow & {
  versions: number[] | null;
  kinds: TimelineKind[] | null;
  codes: (string | null)[] | null;
  refunds: (string | null)[] | null;
  times: Date[] | null;
};

/**
 * What is new in the timelines of payments, however many, in one statement.
 *
 * @param limit rows for each payment
 * @returns nothing for a payment that does not exist, or has not changed since
 */
export async function readTimelines(
  pool: pg.Pool,
  positions: readonly TimelinePosition[],
  limit: number,
): Promise<Timeline[]> {
  const ids = positions.map(({ paymentId }) => paymentId);
  const versions = positions.map(({ afterVersion }) => afterVersion);
  const { rows } = await pool.query<RawTimeline>({
    name: "read-timelines",
    text: READ,
    values: [ids, versions, TIMELINE_KINDS, limit + 1],
  });
  return rows.map((raw) => ({
    payment: toPaymentRow(raw),
    rows: timelineRows(raw).slice(0, limit),
    isCutOff: (raw.versions?.length ?? 0) > limit,
  }));
}

function timelineRows({ versions, kinds, codes, refunds, times }: RawTimeline): TimelineRow[] {
  return (versions ?? []).map((version, i) => ({
    version,
    kind: kinds?.[i] as TimelineKind,
    code: codes?.[i] ?? null,
    refundId: refunds?.[i] ?? null,
    at: times?.[i] as Date,
  }));
}
