import { jsonBody } from "@payonce/http";
import { type RequestHandler, Router } from "express";

const readBody = Router().use(...jsonBody);

/** As `jsonBody`; a request without a body is taken for an empty object. */
export const optionalJsonBody: RequestHandler = (request, response, next) => {
  const hasBody = request.get("transfer-encoding") !== undefined || Number(request.get("content-length") ?? 0) > 0;
  if (hasBody) return readBody(request, response, next);
  request.body = {};
  next();
};
