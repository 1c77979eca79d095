import { ERROR_CATALOGUE, type ErrorCode, PayonceError, type Problem } from "@payonce/domain";
import { z } from "zod";
import type { DescribedHeader, DescribedHeaders } from "./describe-operation.ts";

const ERROR_CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

/** What every problem with one of these codes looks like: RFC 9457. */
export function problemSchemaOf(codes: readonly ErrorCode[]) {
  return z
    .strictObject({
      type: z.string().meta({ description: "`urn:payonce:problem:` and the code" }),
      title: z.string().meta({ description: "What the code stands for; always the same" }),
      status: z.int().meta({ description: "The HTTP status" }),
      detail: z
        .string()
        .meta({ description: "What happened this time. For people: it may be worded otherwise tomorrow" }),
      instance: z.string().meta({ description: "The path of the request" }),
      code: z.enum(codes).meta({ description: "For programs: it does not change" }),
      param: z.string().nullable().meta({ description: "The field, header or parameter at fault" }),
      request_id: z.string().meta({ description: "As in the `Request-Id` header, and in the log" }),
      retryable: z.boolean().meta({ description: "Whether the same request may succeed later" }),
      payment: z.string().optional().meta({ description: "The path of the payment that is in the way" }),
      amount_left: z
        .int()
        .optional()
        .meta({ description: "What is left of the payment to refund, in minor units, where that is the matter" }),
    })
    .meta({ id: "Problem", description: "What went wrong (RFC 9457)" });
}

/** With any code there is. */
export const problemSchema = problemSchemaOf(ERROR_CODES);

/** The codes by the status they are answered with, in ascending order. */
export function codesByStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const statusOf = (code: ErrorCode) => ERROR_CATALOGUE[code].status;
  const sorted = [...new Set(codes)].sort((a, b) => statusOf(a) - statusOf(b) || a.localeCompare(b));
  const groups = new Map<number, ErrorCode[]>();
  for (const code of sorted) groups.set(statusOf(code), [...(groups.get(statusOf(code)) ?? []), code]);
  return groups;
}

/** What an example of a problem says; where nothing is said, the title is its detail. */
export interface ProblemExample {
  detail?: string;
  param?: string;
  /** Of the request. */
  path?: string;
  payment?: string;
  amountLeft?: number;
}

/** How the problems of an API are shown. */
export interface ProblemExamples {
  /** Of a request that went wrong. */
  path: string;
  of: Partial<Record<ErrorCode, ProblemExample>>;
}

/** The OpenAPI response for problems that share a status, with an example of each. */
export function problemResponse(
  status: number,
  codes: readonly ErrorCode[],
  examples: ProblemExamples,
  headers: DescribedHeaders = {},
) {
  const shown = codes.map((code) => {
    return [code, { summary: ERROR_CATALOGUE[code].title, value: exampleOf(code, examples) }];
  });
  const allHeaders: DescribedHeaders = { ...headers, ...HEADERS[status] };
  return {
    description: codes.map((code) => `\`${code}\`: ${ERROR_CATALOGUE[code].title}.`).join("\n\n"),
    ...(Object.keys(allHeaders).length > 0 && { headers: allHeaders }),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [{ $ref: "#/components/schemas/Problem" }],
          properties: {
            status: { type: "integer" as const, const: status },
            code: { type: "string" as const, enum: [...codes] },
          },
        },
        examples: Object.fromEntries(shown),
      },
    },
  };
}

const RETRY_AFTER: DescribedHeader = {
  description: "Seconds to wait before the next try",
  schema: { type: "integer" },
};

const HEADERS: Record<number, DescribedHeaders> = {
  401: { "WWW-Authenticate": { description: "The scheme to authenticate with", schema: { type: "string" } } },
  429: { "Retry-After": RETRY_AFTER },
  503: { "Retry-After": RETRY_AFTER },
};

function exampleOf(code: ErrorCode, { path, of }: ProblemExamples): Problem {
  const { detail = `${ERROR_CATALOGUE[code].title}.`, param = null, ...more } = of[code] ?? {};
  const request = { id: "req_01kahw9n5zf0p8x1yq3e7c2m4t", path: more.path ?? path };
  return new PayonceError(code, detail, { param, ...more }).toProblem(request);
}
