import { type Database, listOrigins, replaceOrigins } from "@payonce/db";
import { type AllowedOrigins, allowedOriginsRequestSchema } from "@payonce/domain";
import { jsonBody, methodNotAllowed, validate } from "@payonce/http";
import { type RequestHandler, type Response, Router } from "express";
import type { Authentication } from "../http/authenticate.ts";

/** Where merchants say which web pages may use their publishable keys. */
export function allowedOriginRoutes(db: Database, { secretKey }: Authentication): Router {
  const router = Router({ caseSensitive: true });
  const path = "/v1/allowed_origins";
  router.get(path, secretKey, getAllowedOrigins(db));
  router.put(path, secretKey, jsonBody, putAllowedOrigins(db));
  router.all(path, methodNotAllowed("GET, HEAD, PUT"));
  return router;
}

/** `GET /v1/allowed_origins` */
function getAllowedOrigins(db: Database): RequestHandler {
  return async (_request, response) => answer(db, response);
}

/** `PUT /v1/allowed_origins`: these, and no others. Sending it again changes nothing, so it needs no Idempotency-Key. */
function putAllowedOrigins(db: Database): RequestHandler {
  return async (request, response) => {
    const { origins } = validate(allowedOriginsRequestSchema, request.body, "field_invalid");
    await replaceOrigins(db.pool, response.locals.merchantId, origins);
    await answer(db, response);
  };
}

async function answer({ pool }: Database, response: Response): Promise<void> {
  const origins = await listOrigins(pool, response.locals.merchantId);
  response.json({ object: "allowed_origins", origins } satisfies AllowedOrigins);
}
