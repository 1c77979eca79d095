/**
 * The kind of a timeline row about a refund, in SQL: the state it is in now, except for the two that would say it badly.
 *
 * @param status an SQL expression
 */
export function refundKind(status: string): string {
  return `'refund_' || CASE ${status} WHEN 'queued' THEN 'requested' WHEN 'refunding' THEN 'started' ELSE ${status} END`;
}
