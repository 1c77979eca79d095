import { ERROR_CATALOGUE, type ErrorCode, PayonceError, type Problem } from "@payonce/domain";
import { z } from "zod";

const ERROR_CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

/** What every problem looks like: RFC 9457. */
export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: "`urn:payonce:problem:` and the code" }),
    title: z.string().meta({ description: "What the code stands for; always the same" }),
    status: z.int().meta({ description: "The HTTP status" }),
    detail: z
      .string()
      .meta({ description: "What happened this time. For people: it may be worded otherwise tomorrow" }),
    instance: z.string().meta({ description: "The path of the request" }),
    code: z.enum(ERROR_CODES).meta({ description: "For programs: it does not change" }),
    param: z.string().nullable().meta({ description: "The field, header or parameter at fault" }),
    request_id: z.string().meta({ description: "As in the `Request-Id` header, and in the log" }),
    retryable: z.boolean().meta({ description: "Whether the same request may succeed later" }),
    payment: z.string().optional().meta({ description: "The path of the payment that is in the way" }),
  })
  .meta({ id: "Problem", description: "What went wrong (RFC 9457)" });

/** The codes by the status they are answered with, in ascending order. */
export function codesByStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const statusOf = (code: ErrorCode) => ERROR_CATALOGUE[code].status;
  const sorted = [...new Set(codes)].sort((a, b) => statusOf(a) - statusOf(b) || a.localeCompare(b));
  const groups = new Map<number, ErrorCode[]>();
  for (const code of sorted) groups.set(statusOf(code), [...(groups.get(statusOf(code)) ?? []), code]);
  return groups;
}

/** The OpenAPI response for problems that share a status, with an example of each. */
export function problemResponse(status: number, codes: readonly ErrorCode[]) {
  const examples = codes.map((code) => [code, { summary: ERROR_CATALOGUE[code].title, value: exampleOf(code) }]);
  return {
    description: codes.map((code) => `\`${code}\`: ${ERROR_CATALOGUE[code].title}.`).join("\n\n"),
    ...(HEADERS[status] && { headers: HEADERS[status] }),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [{ $ref: "#/components/schemas/Problem" }],
          properties: {
            status: { type: "integer" as const, const: status },
            code: { type: "string" as const, enum: [...codes] },
          },
        },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

const RETRY_AFTER = { description: "Seconds to wait before the next try", schema: { type: "integer" as const } };

const HEADERS: Record<number, Record<string, { description: string; schema: { type: "string" | "integer" } }>> = {
  401: { "WWW-Authenticate": { description: "The scheme to authenticate with", schema: { type: "string" } } },
  429: { "Retry-After": RETRY_AFTER },
  503: { "Retry-After": RETRY_AFTER },
};

function exampleOf(code: ErrorCode): Problem {
  const detail = `${ERROR_CATALOGUE[code].title}.`;
  const request = { id: "req_01kahw9n5zf0p8x1yq3e7c2m4t", path: "/ops/v1/payments" };
  return new PayonceError(code, detail, { param: PARAMS[code] ?? null }).toProblem(request);
}

const PARAMS: Partial<Record<ErrorCode, string>> = {
  content_type_unsupported: "Content-Type",
  field_invalid: "reason",
  not_signed_in: "Authorization",
  operator_token_invalid: "Authorization",
  parameter_invalid: "limit",
};
