export { type Actor, type AuditEntry, appendAudit, withAudit } from "./audit.ts";
export type { Operator, Role } from "./operators.ts";
