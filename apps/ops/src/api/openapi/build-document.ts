import { OpenAPIRegistry, OpenApiGeneratorV31, type ResponseConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import type { OperationDescription } from "./describe-operation.ts";
import { codesByStatus, problemResponse, problemSchema } from "./problem-responses.ts";

export interface DocumentDescription {
  title: string;
  version: string;
  description: string;
  tags: readonly { name: string; description: string }[];
  /** How callers say who they are, as an OpenAPI security scheme of that name. */
  security: { name: string; scheme: { type: "http"; scheme: "bearer"; description: string } };
}

/** An OpenAPI 3.1 document of these operations, made from the schemas that validate them. */
export function buildDocument(about: DocumentDescription, operations: readonly OperationDescription[]) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", about.security.name, about.security.scheme);
  const refTo = createResponseRefs(registry);
  for (const operation of operations) registry.registerPath(toRoute(operation, refTo));
  const { title, version, description } = about;
  const definitions = [{ type: "schema" as const, schema: problemSchema }, ...registry.definitions];
  const generator = new OpenApiGeneratorV31(definitions, { sortComponents: "alphabetically" });
  const { webhooks: _, ...document } = generator.generateDocument({
    openapi: "3.1.0",
    info: { title, version, description },
    servers: [{ url: "/", description: "The server that this document came from" }],
    tags: [...about.tags],
    security: [{ [about.security.name]: [] }],
  });
  return document;
}

type ResponseRefs = (operation: OperationDescription) => Record<string, { $ref: string }>;

/** Operations whose problems are the same share one response. */
function createResponseRefs(registry: OpenAPIRegistry): ResponseRefs {
  const refs = new Map<string, { $ref: string }>();
  return ({ problems }) => {
    const responses = [...codesByStatus(problems)].map(([status, codes]) => {
      const name = codes.join(".");
      const ref = refs.get(name) ?? registry.registerComponent("responses", name, problemResponse(status, codes)).ref;
      refs.set(name, ref);
      return [status, ref];
    });
    return Object.fromEntries(responses);
  };
}

function toRoute(operation: OperationDescription, refTo: ResponseRefs) {
  const { operationId, method, path, tag, summary, description, params, query, body } = operation;
  const answers = Object.entries(operation.answers).map(([status, answer]): [string, ResponseConfig] => [
    status,
    {
      description: answer.description,
      ...(answer.location && {
        headers: z.object({ Location: z.string().meta({ description: answer.location.description }) }),
      }),
      content: { "application/json": { schema: answer.schema, example: answer.example } },
    },
  ]);
  return {
    operationId,
    method,
    path,
    summary,
    description,
    tags: [tag],
    request: {
      params,
      query,
      ...(body && { body: { required: true, content: { "application/json": body } } }),
    },
    responses: { ...Object.fromEntries(answers), ...refTo(operation) },
  };
}
