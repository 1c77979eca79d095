import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from "@asteasolutions/zod-to-openapi";
import type { ErrorCode } from "@payonce/domain";
import {
  type DescribedAnswer,
  type DescribedHeaders,
  type EmptyAnswer,
  hasBody,
  type OperationDescription,
} from "./describe-operation.ts";
import { codesByStatus, type ProblemExamples, problemResponse, problemSchemaOf } from "./problem-responses.ts";

/** How callers say who they are. */
export type SecurityScheme =
  | { type: "http"; scheme: "bearer"; description: string }
  | { type: "apiKey"; in: "header"; name: string; description: string };

export interface DocumentDescription {
  title: string;
  version: string;
  description: string;
  tags: readonly { name: string; description: string }[];
  /** By name. A call needs one of them, unless it says otherwise itself. */
  security: Readonly<Record<string, SecurityScheme>>;
  /** Every code that the API answers with. */
  problemCodes: readonly ErrorCode[];
  problemExamples: ProblemExamples;
  /** Headers of every answer. */
  headers?: DescribedHeaders;
  license?: { name: string; identifier: string };
}

/**
 * An OpenAPI 3.1 document of these operations, made from the schemas that validate them.
 *
 * @param webhooks what is sent to those who asked for it; the path is the name of the event
 */
export function buildDocument(
  about: DocumentDescription,
  operations: readonly OperationDescription[],
  webhooks: readonly OperationDescription[] = [],
) {
  const registry = new OpenAPIRegistry();
  for (const [name, scheme] of Object.entries(about.security))
    registry.registerComponent("securitySchemes", name, scheme);
  const refTo = createResponseRefs(registry, about);
  for (const operation of operations) registry.registerPath(toRoute(operation, about.headers, refTo));
  for (const webhook of webhooks) registry.registerWebhook(toRoute(webhook, {}, refTo));
  const { title, version, description, license } = about;
  const problem = { type: "schema" as const, schema: problemSchemaOf(about.problemCodes) };
  const generator = new OpenApiGeneratorV31([problem, ...registry.definitions], {
    sortComponents: "alphabetically",
  });
  const { webhooks: described, ...document } = generator.generateDocument({
    openapi: "3.1.0",
    info: { title, version, description, ...(license && { license }) },
    servers: [{ url: "/", description: "The server that this document came from" }],
    tags: [...about.tags],
    security: Object.keys(about.security).map((name) => ({ [name]: [] })),
  });
  return { ...document, ...(webhooks.length > 0 && { webhooks: described }) };
}

type ResponseRefs = (operation: OperationDescription) => Record<string, { $ref: string }>;

/** Operations whose problems are the same share one response. */
function createResponseRefs(
  registry: OpenAPIRegistry,
  { problemExamples, headers }: DocumentDescription,
): ResponseRefs {
  const refs = new Map<string, { $ref: string }>();
  return ({ problems }) => {
    const responses = [...codesByStatus(problems)].map(([status, codes]) => {
      const name = codes.join(".");
      const response = () => problemResponse(status, codes, problemExamples, headers);
      const ref = refs.get(name) ?? registry.registerComponent("responses", name, response()).ref;
      refs.set(name, ref);
      return [status, ref];
    });
    return Object.fromEntries(responses);
  };
}

function toRoute(
  operation: OperationDescription,
  commonHeaders: DescribedHeaders | undefined,
  refTo: ResponseRefs,
): RouteConfig {
  const { operationId, method, path, tag, summary, description, params, query, headers, body, security } = operation;
  const { isOptional = false, ...content } = body ?? {};
  const answers = Object.entries(operation.answers).map(([status, answer]): [string, ResponseConfig] => [
    status,
    toResponse(answer, commonHeaders),
  ]);
  return {
    operationId,
    method,
    path,
    summary,
    description,
    tags: [tag],
    ...(security && { security: security.map((names) => Object.fromEntries(names.map((name) => [name, []]))) }),
    request: {
      params,
      query,
      ...(headers && { headers }),
      ...(body && { body: { required: !isOptional, content: { "application/json": content } } }),
    },
    responses: { ...Object.fromEntries(answers), ...refTo(operation) },
  };
}

function toResponse(answer: DescribedAnswer | EmptyAnswer, commonHeaders: DescribedHeaders = {}): ResponseConfig {
  const location = hasBody(answer) ? answer.location?.description : undefined;
  const headers = {
    ...(location && {
      Location: {
        schema: { type: "string" as const, description: location },
        required: true,
        description: location,
      },
    }),
    ...answer.headers,
    ...commonHeaders,
  };
  const { description } = answer;
  return {
    description,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(hasBody(answer) && { content: contentOf(answer) }),
  };
}

function contentOf({ schema, example, eventStream }: DescribedAnswer): NonNullable<ResponseConfig["content"]> {
  return {
    "application/json": { schema, example },
    // What a stream's schema describes is left open by OpenAPI 3.1; readers take it for that of an event's data.
    ...(eventStream && { "text/event-stream": eventStream }),
  };
}
