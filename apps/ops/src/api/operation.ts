import { type Actor, type Operator, ROLES, type Role } from "@payonce/db/operations";
import type { ErrorCode } from "@payonce/domain";
import { BODY_PROBLEMS, COMMON_PROBLEMS, type DescribedAnswer, type OperationDescription } from "@payonce/http/openapi";
import { z } from "zod";
import type { OpsDependencies } from "../dependencies.ts";
import type { JobCounter } from "./queues/count-jobs.ts";

/** What calls are answered from. */
export interface ApiDependencies extends OpsDependencies {
  countJobs: JobCounter;
}

/** A request that was let in and read. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  dependencies: ApiDependencies;
  operator: Operator;
  actor: Actor;
  params: Params;
  query: Query;
  body: Body;
}

/** A call of the operators' API: what describes it, who may make it, and what answers it. */
export interface Operation extends OperationDescription {
  method: "get" | "post";
  answers: Answers;
  /** The least role that may. */
  role: Role;
  /** The problem of a path that names nothing there could be. */
  notFound: ErrorCode;
  /** @returns the body, under its status */
  handle(call: Call): Promise<Readonly<Record<number, unknown>>>;
}

type Answers = Readonly<Record<number, DescribedAnswer>>;

/** The body of one of the statuses that are described, under that status. */
type AnswerOf<Described extends Answers> = {
  [Status in keyof Described & number]: { [Key in Status]: z.input<Described[Key]["schema"]> };
}[keyof Described & number];

type Definition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Described extends Answers,
> = Pick<Operation, "operationId" | "method" | "path" | "tag" | "summary" | "description"> & {
  /** The least role that may. */
  role: Role;
  params?: Params;
  query?: Query;
  body?: { schema: Body; example: z.input<Body> };
  answers: Described;
  /** What else can go wrong than in every call. */
  problems?: readonly ErrorCode[];
  /** For a path with an id in it: the problem of an id that nothing has. */
  notFound?: ErrorCode;
};

const NOTHING = z.strictObject({});

/** Defines a call; its input and answers have the types of their schemas. */
export function defineOperation<
  Described extends Answers,
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodObject = typeof NOTHING,
  Body extends z.ZodType = z.ZodUndefined,
>(
  definition: Definition<Params, Query, Body, Described>,
  handle: (call: Call<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<AnswerOf<Described>>,
): Operation {
  const { params, query, body, problems = [], notFound, role, description, ...rest } = definition;
  return {
    ...rest,
    description: `${description}\n\nFor ${ROLES.slice(ROLES.indexOf(role)).join(", ")}.`,
    role,
    params: params ?? NOTHING,
    query: query ?? NOTHING,
    ...(body && { body }),
    problems: [
      ...COMMON_PROBLEMS,
      ...ACCESS_PROBLEMS,
      ...(role === "viewer" ? [] : ["role_insufficient" as const]),
      ...(body ? BODY_PROBLEMS : []),
      ...(notFound ? [notFound] : []),
      ...problems,
    ],
    notFound: notFound ?? "route_not_found",
    // What the schemas have let through is what the types say.
    handle: (call) => handle(call as Parameters<typeof handle>[0]),
  };
}

const ACCESS_PROBLEMS = [
  "not_signed_in",
  "operator_token_invalid",
  "too_many_sign_ins",
] as const satisfies readonly ErrorCode[];
