import type pg from "pg";
import { type DeadLetterFilter, deadLetterConditions } from "./dead-letter-filter.ts";

/** The dead letters of one reason. */
export interface DeadLetterGroup {
  reason: string;
  count: number;
  /** How many of them may have moved money. */
  outcomeUnknown: number;
  /** When the first and the last of them were dead-lettered. */
  oldest: Date;
  newest: Date;
  /** What most of them ran into at last, and how many; null where no attempt was made. */
  commonCode: string | null;
  commonCodeCount: number;
}

export interface DeadLetterGroups {
  /** The largest first. */
  groups: DeadLetterGroup[];
  count: number;
  outcomeUnknown: number;
}

/** Counts the dead letters that match, by reason. */
export async function groupDeadLetters(pool: pg.Pool, filter: DeadLetterFilter): Promise<DeadLetterGroups> {
  const { sql, values } = deadLetterConditions(filter, 1);
  const { rows: groups } = await pool.query<DeadLetterGroup>(
    `WITH by_code AS (
       SELECT p.dead_letter_reason AS reason, p.failure_code AS code, count(*) AS n,
         count(*) FILTER (WHERE p.outcome_unknown) AS unknown, min(p.updated_at) AS oldest, max(p.updated_at) AS newest
       FROM payments p WHERE ${sql} GROUP BY 1, 2
     ), by_reason AS (
       SELECT reason, sum(n)::int AS count, sum(unknown)::int AS "outcomeUnknown", min(oldest) AS oldest,
         max(newest) AS newest FROM by_code GROUP BY 1
     )
     SELECT r.*, c.code AS "commonCode", coalesce(c.n, 0)::int AS "commonCodeCount" FROM by_reason r
     LEFT JOIN LATERAL (
       SELECT code, n FROM by_code WHERE reason = r.reason AND code IS NOT NULL ORDER BY n DESC, code LIMIT 1
     ) c ON true ORDER BY r.count DESC, r.reason`,
    values,
  );
  const sum = (key: "count" | "outcomeUnknown") => groups.reduce((total, group) => total + group[key], 0);
  return { groups, count: sum("count"), outcomeUnknown: sum("outcomeUnknown") };
}
