import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { ERROR_CATALOGUE } from "@payonce/domain";
import { hasBody, type OperationDescription, problemSchema } from "@payonce/http/openapi";
import { OPERATIONS, PROBLEM_CODES, ROUTING_PROBLEMS } from "./openapi/merchant-document.ts";

/** An answer as it left the server. */
export interface SentAnswer {
  method: string;
  path: string;
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Whether the body came to its end. */
  isWhole: boolean;
}

/** Hands every answer of a server to `onAnswer` when it has been sent, whoever asked, and however. */
export function recordAnswers(app: RequestListener, onAnswer: (answer: SentAnswer) => void): RequestListener {
  return (request, response) => {
    const target = request.url ?? "";
    const chunks: Buffer[] = [];
    keepChunks(response, chunks);
    response.once("close", () => {
      if (response.headersSent) onAnswer(toAnswer(request, response, target, chunks));
    });
    app(request, response);
  };
}

function keepChunks(response: ServerResponse, chunks: Buffer[]): void {
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  const keep = (chunk: unknown) => {
    if (typeof chunk === "string" || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  response.write = (...args: unknown[]) => {
    keep(args[0]);
    return write(...args);
  };
  response.end = (...args: unknown[]) => {
    keep(args[0]);
    return end(...args);
  };
}

function toAnswer(request: IncomingMessage, response: ServerResponse, target: string, chunks: Buffer[]): SentAnswer {
  const headers = Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
  return {
    method: (request.method ?? "").toLowerCase(),
    path: target.split("?")[0] ?? "",
    status: response.statusCode,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString(),
    isWhole: response.writableFinished,
  };
}

/** What is not as the OpenAPI document says; null where all is. */
export function findUndescribed(answer: SentAnswer): string | null {
  const { method, path, status } = answer;
  // The page for people is not described, nor are preflights, which the specification of CORS is about.
  if (/^\/docs(\/|$)/.test(path) || (method === "options" && status === 204)) return null;
  const operation = findOperation(method === "head" ? "get" : method, path);
  const fault = answer.headers["request-id"] ? findFault(operation, answer) : "it has no Request-Id";
  const what = operation ? `${method} ${operation.path}` : `${method} of a path that is not described`;
  return fault && `${what} answered ${status}: ${answer.body.slice(0, 2_000)}\nwhich is not described: ${fault}`;
}

function findFault(operation: OperationDescription | undefined, answer: SentAnswer): string | null {
  const { status, headers } = answer;
  const type = headers["content-type"]?.split(";")[0];
  if (type === "application/problem+json") return findProblemFault(operation, answer);
  const described = operation?.answers[status];
  if (!described) return "this status";
  const location = hasBody(described) && described.location ? { Location: { required: true } } : {};
  const expected: Record<string, { required?: boolean }> = { ...described.headers, ...location };
  for (const [name, { required }] of Object.entries(expected))
    if (required && headers[name.toLowerCase()] === undefined) return `it has no ${name}`;
  for (const name of TELLING_HEADERS)
    if (headers[name.toLowerCase()] !== undefined && !(name in expected)) return `its header ${name}`;
  if (!hasBody(described)) return answer.body === "" ? null : "its body";
  if (answer.method === "head") return null;
  if (type === "text/event-stream") return findStreamFault(described, answer);
  if (type !== "application/json") return `its type ${type}`;
  return answer.isWhole ? findSchemaFault(described.schema, answer.body) : null;
}

/** Headers that mean something to clients, and so belong into the description where they are sent. */
const TELLING_HEADERS = [
  "ETag",
  "Location",
  "Idempotent-Replayed",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "Allow",
];

function findProblemFault(operation: OperationDescription | undefined, answer: SentAnswer): string | null {
  const { status, headers, body, method, isWhole } = answer;
  if (method === "head" || !isWhole) return null;
  const { data: problem, error } = problemSchema.safeParse(JSON.parse(body));
  if (error) return error.message;
  const { code } = problem;
  if (ERROR_CATALOGUE[code].status !== status) return `the status of ${code}`;
  if (status === 401 && !headers["www-authenticate"]) return "it has no WWW-Authenticate";
  if ((status === 429 || status === 503) && !headers["retry-after"]) return "it has no Retry-After";
  if (status === 405 && !headers.allow) return "it has no Allow";
  // A path that leads nowhere has the common problems only, in front of all routes.
  const codes = operation?.problems ?? PROBLEM_CODES;
  return codes.includes(code) || (!operation && ROUTING_PROBLEMS.includes(code)) ? null : `the code ${code}`;
}

function findStreamFault({ eventStream }: { eventStream?: { schema: unknown } }, { body }: SentAnswer): string | null {
  if (!eventStream) return "that it is a stream";
  const schema = eventStream.schema as Schema;
  // What follows the last blank line was cut off.
  for (const frame of body.split("\n\n").slice(0, -1)) {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    const fault = data === undefined ? null : findSchemaFault(schema, data);
    if (fault) return fault;
  }
  return null;
}

type Schema = { safeParse(value: unknown): { error?: { message: string } } };

function findSchemaFault(schema: Schema, json: string): string | null {
  return schema.safeParse(JSON.parse(json)).error?.message ?? null;
}

function findOperation(method: string, path: string): OperationDescription | undefined {
  const matches = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}/?$`).test(path);
  return OPERATIONS.find((operation) => operation.method === method && matches(operation.path));
}
