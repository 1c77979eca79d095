/**
 * The five-character SQLSTATE of an error from `pg` or from Prisma over it; undefined where Postgres gave none, for
 * instance because it was not reached. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function sqlState(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !/^P\d{4}$/.test(code) && !/^E[A-Z]{4}$/.test(code))
    return code;
  return adapterCause(error)?.originalCode;
}

/**
 * True when the database could not be asked, or stopped in mid-answer. Whether the statement took effect is then not
 * known: only statements that are safe to repeat may be sent again.
 */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state) return UNAVAILABLE_STATES.test(state);
  const cause = adapterCause(error);
  if (cause?.kind) return UNAVAILABLE_KINDS.has(cause.kind);
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  return UNAVAILABLE_CODES.test(code) || UNAVAILABLE_MESSAGES.test(message);
}

/** True when the statement lost to another's lock and did nothing: sending it again is safe and likely to work. */
export function isContention(error: unknown): boolean {
  return ["40001", "40P01", "55P03"].includes(sqlState(error) ?? "");
}

// 08 connection, 53 resources, 57 shut down, canceled or timed out, 58 system, 25006 a standby that was not promoted yet.
const UNAVAILABLE_STATES = /^(08|53|57|58|25006)/;
const UNAVAILABLE_KINDS = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TooManyConnections",
  "AuthenticationFailed",
  "DatabaseDoesNotExist",
  "TlsConnectionError",
]);
const UNAVAILABLE_CODES = /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|P1\d{3}|P2024)/;
// `pg` has no codes for these.
const UNAVAILABLE_MESSAGES =
  /connection terminated|query read timeout|timeout exceeded when trying to connect|connection error|connection ended/i;

function adapterCause(error: unknown): { originalCode?: string; kind?: string } | undefined {
  return (error as { meta?: { driverAdapterError?: { cause?: object } } })?.meta?.driverAdapterError?.cause;
}
