import type pg from "pg";
import {
  DEAD_LETTER_ALIAS,
  DEAD_LETTER_TABLES,
  type DeadLetterFilter,
  type DeadLetterKind,
  deadLetterConditions,
} from "./dead-letter-filter.ts";

/** The dead letters of one kind and reason. */
export interface DeadLetterGroup {
  kind: DeadLetterKind;
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

/** Counts the dead letters of one kind that match, by reason. */
export async function groupDeadLetters(
  pool: pg.Pool,
  filter: DeadLetterFilter,
  kind: DeadLetterKind = "payment",
): Promise<DeadLetterGroups> {
  const { sql, values } = deadLetterConditions(filter, 1, kind);
  const d = DEAD_LETTER_ALIAS[kind];
  const { rows: groups } = await pool.query<DeadLetterGroup>(
    `WITH by_code AS (
       SELECT ${d}.dead_letter_reason AS reason, ${d}.failure_code AS code, count(*) AS n,
         count(*) FILTER (WHERE ${d}.outcome_unknown) AS unknown, min(${d}.updated_at) AS oldest,
         max(${d}.updated_at) AS newest
       FROM ${DEAD_LETTER_TABLES[kind]} WHERE ${sql} GROUP BY 1, 2
     ), by_reason AS (
       SELECT reason, sum(n)::int AS count, sum(unknown)::int AS "outcomeUnknown", min(oldest) AS oldest,
         max(newest) AS newest FROM by_code GROUP BY 1
     )
     SELECT '${kind}' AS kind, g.*, c.code AS "commonCode", coalesce(c.n, 0)::int AS "commonCodeCount" FROM by_reason g
     LEFT JOIN LATERAL (
       SELECT code, n FROM by_code WHERE reason = g.reason AND code IS NOT NULL ORDER BY n DESC, code LIMIT 1
     ) c ON true ORDER BY g.count DESC, g.reason`,
    values,
  );
  const sum = (key: "count" | "outcomeUnknown") => groups.reduce((total, group) => total + group[key], 0);
  return { groups, count: sum("count"), outcomeUnknown: sum("outcomeUnknown") };
}

/** Counts the dead letters that match, of these kinds together. */
export async function groupDeadLettersOf(
  pool: pg.Pool,
  filter: DeadLetterFilter,
  kinds: readonly DeadLetterKind[],
): Promise<DeadLetterGroups> {
  const all = await Promise.all(kinds.map((kind) => groupDeadLetters(pool, filter, kind)));
  const sum = (key: "count" | "outcomeUnknown") => all.reduce((total, groups) => total + groups[key], 0);
  const groups = all.flatMap((one) => one.groups).sort((a, b) => b.count - a.count);
  return { groups, count: sum("count"), outcomeUnknown: sum("outcomeUnknown") };
}
