import { PayonceError } from "@payonce/domain";
import express, { type RequestHandler } from "express";

export const MAX_BODY_BYTES = 16 * 1024;

const parse = express.json({ limit: MAX_BODY_BYTES, inflate: false, type: "application/json" });

/** Reads a JSON object into `request.body`; anything else is refused before it costs more than its size. */
export const jsonBody: RequestHandler[] = [
  (request, _response, next) => {
    // `is` answers null when there is no body at all, which the check below names better.
    if (request.is("application/json") === false)
      throw new PayonceError("content_type_unsupported", "Send the body as `Content-Type: application/json`.", {
        param: "Content-Type",
      });
    next();
  },
  parse,
  (request, _response, next) => {
    const { body } = request;
    if (typeof body !== "object" || body === null || Array.isArray(body))
      throw new PayonceError("malformed_request", "The body must be a JSON object.");
    next();
  },
];
