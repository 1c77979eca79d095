import { ERROR_CATALOGUE, type ErrorCode } from "@payonce/domain";
import { buildDocument, type ProblemExample } from "@payonce/http/openapi";
import { OPERATIONS } from "./operations.ts";

const DESCRIPTION = `What operators do with payments, for scripts. The console and the \`payonce\` command do the same by the same
functions.

**Actions** need a \`reason\`, which the audit log keeps for good. What cannot be done answers 409 and has done nothing. Pressing
twice, or by two people at once, has one effect.

**Errors** are \`application/problem+json\` (RFC 9457) with a \`code\` for programs. When no answer comes, look before you try
again: what was done shows.

**Lists** have \`limit\` (1 to 100) and \`starting_after\`, the last id of the page before.

Fields and parameters that are not known are refused. Every answer has a \`Request-Id\`, which is in the log as well. Amounts
are integers in minor units; times are ISO 8601 in UTC.`;

/** The OpenAPI document of the operators' API. */
export function buildOpsDocument() {
  const about = {
    title: "Payonce operators' API",
    version: "1",
    description: DESCRIPTION,
    tags: [
      { name: "Overview", description: "How things stand" },
      { name: "Payments", description: "Looking at payments, and deciding about them" },
      { name: "Refunds", description: "Money on its way back, and deciding about it" },
      { name: "Dead letters", description: "Payments and refunds that a person has to decide about" },
      { name: "Bulk runs", description: "Retrying many dead-lettered payments in the background" },
      { name: "Anomalies", description: "Evidence that contradicts what we hold to be true" },
      { name: "Webhooks", description: "Where merchants are told of events, and what became of each" },
      { name: "Merchants", description: "Who takes payments here, and from which web pages" },
      { name: "Queues", description: "What wakes the chargers and the notifiers" },
      { name: "Audit", description: "Who did what, and why" },
      { name: "Operators", description: "Who may do what; for admins" },
    ],
    security: {
      operatorToken: {
        type: "http" as const,
        scheme: "bearer" as const,
        description:
          "An operator token, `opt_…`. It may do what its operator's role allows: viewer, operator or admin.",
      },
    },
    problemCodes: Object.keys(ERROR_CATALOGUE) as ErrorCode[],
    problemExamples: { path: "/ops/v1/payments", of: PROBLEM_EXAMPLES },
  };
  return buildDocument(about, OPERATIONS);
}

const PROBLEM_EXAMPLES: Partial<Record<ErrorCode, ProblemExample>> = {
  content_type_unsupported: { param: "Content-Type" },
  field_invalid: { param: "reason" },
  not_signed_in: { param: "Authorization" },
  operator_token_invalid: { param: "Authorization" },
  parameter_invalid: { param: "limit" },
};
