import type { ErrorCode } from "@payonce/domain";
import {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  type DescribedHeaders,
  type OperationDescription,
} from "@payonce/http/openapi";
import { z } from "zod";

/**
 * Who may make a call: holders of a secret key; web pages with a publishable key as well, which for `anyKeyWithClientSecret`
 * need the payment's client secret beside it; or everybody.
 */
export type Access = "secretKey" | "anyKey" | "anyKeyWithClientSecret" | "everybody";

type Definition = Pick<
  OperationDescription,
  "operationId" | "method" | "path" | "tag" | "summary" | "description" | "answers"
> &
  Partial<Pick<OperationDescription, "params" | "query" | "headers" | "body">> & {
    access: Access;
    /** What else can go wrong than in every call. */
    problems?: readonly ErrorCode[];
    /** What can go wrong in every call, where this one is answered before all of that. */
    commonProblems?: readonly ErrorCode[];
  };

const NOTHING = z.strictObject({});

/** Describes a call of the merchant API, with what holds for all calls of its kind. */
export function describeCall({
  access,
  problems = [],
  commonProblems = COMMON_PROBLEMS,
  answers,
  ...definition
}: Definition): OperationDescription {
  return {
    params: NOTHING,
    query: NOTHING,
    ...definition,
    answers: access === "everybody" ? answers : withHeaders(answers, RATE_LIMIT_HEADERS),
    security: SECURITY[access],
    problems: [
      ...commonProblems,
      ...(access === "everybody" ? [] : KEY_PROBLEMS),
      ...(access === "secretKey" ? (["secret_key_required"] as const) : []),
      ...(access === "anyKeyWithClientSecret" ? (["client_secret_missing"] as const) : []),
      // What Stripe sends is read in another way, and says so itself.
      ...(definition.body && access !== "everybody" ? BODY_PROBLEMS : []),
      ...problems,
    ],
  };
}

const SECURITY: Record<Access, readonly (readonly string[])[]> = {
  secretKey: [["secretKey"]],
  anyKey: [["secretKey"], ["publishableKey"]],
  anyKeyWithClientSecret: [["secretKey"], ["publishableKey", "clientSecret"]],
  everybody: [],
};

const KEY_PROBLEMS = [
  "api_key_missing",
  "api_key_invalid",
  "secret_key_in_browser",
  "origin_not_allowed",
  "rate_limited",
] as const satisfies readonly ErrorCode[];

/** Of every answer. */
export const COMMON_HEADERS: DescribedHeaders = {
  "Request-Id": {
    description: "The request's id, which is in the log as well: name it when you ask us about a request",
    schema: { type: "string" },
    example: "req_01kahw9n5zf0p8x1yq3e7c2m4t",
    required: true,
  },
};

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
const RATE_LIMIT_HEADERS: DescribedHeaders = {
  "RateLimit-Policy": {
    description: "So many requests (`q`) may come within so many seconds (`w`)",
    schema: { type: "string" },
    example: '"secret-key";q=2000;w=10',
  },
  RateLimit: {
    description: "So many of them are left (`r`), until the count begins again in so many seconds (`t`)",
    schema: { type: "string" },
    example: '"secret-key";r=1999;t=10',
  },
};

function withHeaders(answers: Definition["answers"], headers: DescribedHeaders): Definition["answers"] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      { ...answer, headers: { ...answer.headers, ...headers } },
    ]),
  );
}

/** Says that the answer is that of an earlier request with the same key. */
export const IDEMPOTENT_REPLAYED: DescribedHeaders = {
  "Idempotent-Replayed": {
    description: "Only where this request came before: what it made then is what is answered now",
    schema: { type: "string", const: "true" },
    example: "true",
  },
};

/** For every call that makes something. */
export const idempotencyKeyHeader = z
  .string()
  .min(1)
  .max(255)
  .meta({
    description:
      "1 to 255 visible ASCII characters of your own, such as a UUID or your order's number. Repeat it, with the same body, " +
      "whenever you send the request again",
    example: "order-3001",
  });

/** A page of a list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    object: z.literal("list"),
    data: z.array(item),
    has_more: z.boolean().meta({ description: "Whether there is a next page: give the last id as `starting_after`" }),
  });
}
