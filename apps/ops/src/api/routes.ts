import { jsonBody, methodNotAllowed } from "@payonce/http";
import { Router } from "express";
import { requireRole } from "../access/require-role.ts";
import type { OpsDependencies } from "../dependencies.ts";
import { answerOperation } from "./answer-operation.ts";
import { OPERATIONS } from "./operations.ts";
import { buildOpsDocument } from "./ops-document.ts";
import { createJobCounter } from "./queues/count-jobs.ts";

const DOCUMENT_PATH = "/ops/v1/openapi.json";

/** The API's description, for everybody: it holds no secret, and tools fetch it before they have a token. */
export function opsDocumentRoutes(): Router {
  // Takes a tenth of a second to make, and most processes are never asked for it.
  let document: string | undefined;
  const router = Router({ caseSensitive: true });
  router.get(DOCUMENT_PATH, (_request, response) => {
    document ??= JSON.stringify(buildOpsDocument());
    response.type("json").send(document);
  });
  router.all(DOCUMENT_PATH, methodNotAllowed("GET, HEAD"));
  return router;
}

/**
 * The operators' API. Behind `requireToken`, and mounted at the root: the paths are whole, because once an error has left a
 * router that is mounted elsewhere, its metrics no longer know where.
 */
export function opsApiRoutes(dependencies: OpsDependencies): Router {
  const router = Router({ caseSensitive: true });
  const countJobs = createJobCounter(dependencies.redis, dependencies.prefix);
  const methods = new Map<string, string[]>();
  for (const operation of OPERATIONS) {
    const { method, role, body } = operation;
    const path = operation.path.replace(/\{(\w+)\}/g, ":$1");
    const answer = answerOperation(operation, { ...dependencies, countJobs });
    router[method](path, requireRole(role), ...(body ? jsonBody : []), answer);
    methods.set(path, [...(methods.get(path) ?? []), ...(method === "get" ? ["GET", "HEAD"] : ["POST"])]);
  }
  for (const [path, allowed] of methods) router.all(path, methodNotAllowed(allowed.join(", ")));
  return router;
}
