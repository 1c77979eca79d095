import type { ErrorCode } from "@payonce/domain";
import type { z } from "zod";

/** An answer that is no problem. */
export interface DescribedAnswer {
  description: string;
  schema: z.ZodType;
  /** A body that the schema takes. */
  example: unknown;
  /** Where the answer has a `Location` header: what is there, and its path. */
  location?: { description: string; of(body: unknown): string };
}

/**
 * A call of an HTTP API: how its input is read, and all that it may answer. The schemas are those that validate requests;
 * `meta` on them (`description`, `example`, `id` for a name of its own) is what the OpenAPI file says about them.
 */
export interface OperationDescription {
  /** Its name in generated clients, such as `retryPayment`. */
  operationId: string;
  method: "get" | "post";
  /** As OpenAPI writes it, such as `/ops/v1/payments/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description: string;
  params: z.ZodObject;
  query: z.ZodObject;
  body?: { schema: z.ZodType; example: unknown };
  answers: Readonly<Record<number, DescribedAnswer>>;
  /** Everything that can go wrong, the common problems included. */
  problems: readonly ErrorCode[];
}

/** Every call may end in these, some of them before any route has seen it. */
export const COMMON_PROBLEMS = [
  "malformed_request",
  "parameter_invalid",
  "request_timeout",
  "headers_too_large",
  "internal_error",
  "database_unavailable",
  "busy",
] as const satisfies readonly ErrorCode[];

/** A call with a body may also end in these. */
export const BODY_PROBLEMS = [
  "malformed_json",
  "body_too_large",
  "content_type_unsupported",
  "field_invalid",
] as const satisfies readonly ErrorCode[];
