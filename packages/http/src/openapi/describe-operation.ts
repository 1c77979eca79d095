import type { ErrorCode } from "@payonce/domain";
import type { z } from "zod";

/** A header of an answer. */
export type DescribedHeader = {
  description: string;
  schema: { type: "string" | "integer"; const?: string };
  example?: string | number;
  /** Whether each such answer has it. */
  required?: boolean;
};
export type DescribedHeaders = Readonly<Record<string, DescribedHeader>>;

/** An answer without a body. */
export interface EmptyAnswer {
  description: string;
  headers?: DescribedHeaders;
}

/** An answer that is no problem, in JSON. */
export interface DescribedAnswer extends EmptyAnswer {
  schema: z.ZodType;
  /** A body that the schema takes. */
  example: unknown;
  /** Where the answer has a `Location` header: what is there, and its path. */
  location?: { description: string; of(body: unknown): string };
  /** The same as a stream, for clients that ask for it: what the data of each event is, and how it looks on the wire. */
  eventStream?: { schema: z.ZodType; example: string };
}

/**
 * A call of an HTTP API: how its input is read, and all that it may answer. The schemas are those that validate requests;
 * `meta` on them (`description`, `example`, `id` for a name of its own) is what the OpenAPI file says about them.
 */
export interface OperationDescription {
  /** Its name in generated clients, such as `retryPayment`. */
  operationId: string;
  method: "get" | "post" | "put" | "patch" | "delete";
  /** As OpenAPI writes it, such as `/ops/v1/payments/{id}`; of a webhook, the name of its event. */
  path: string;
  tag: string;
  summary: string;
  description: string;
  params: z.ZodObject;
  /** An object, whose refinements do not show. */
  query: z.ZodObject;
  /** Headers that mean something to this call. */
  headers?: z.ZodObject;
  body?: DescribedBody;
  answers: Readonly<Record<number, DescribedAnswer | EmptyAnswer>>;
  /** Everything that can go wrong, the common problems included. */
  problems: readonly ErrorCode[];
  /** Sets of the document's security schemes, one of which is needed; none at all where it is empty. All calls' where left out. */
  security?: readonly (readonly string[])[];
}

/** One of the two: an example, or several under names of theirs. */
export interface DescribedBody {
  schema: z.ZodType;
  example?: unknown;
  examples?: Readonly<Record<string, { summary: string; value: unknown }>>;
  /** Whether it may be left out. */
  isOptional?: boolean;
}

/** Whether an answer has a body. */
export function hasBody(answer: DescribedAnswer | EmptyAnswer): answer is DescribedAnswer {
  return "schema" in answer;
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
