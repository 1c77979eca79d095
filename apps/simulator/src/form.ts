import express, { type RequestHandler } from "express";
import type { SendAnswer } from "./send-answer.ts";
import { invalidRequest } from "./stripe-errors.ts";

/** Far above any PaymentIntent with full metadata. */
const BODY_LIMIT = "128kb";

const WRONG_TYPE = invalidRequest(
  "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
);

/** Decodes form bodies with nested names such as `metadata[payment_id]`, and refuses bodies of any other type. */
export function readForm(send: SendAnswer): RequestHandler[] {
  const refuseOthers: RequestHandler = (req, res, next) => {
    // is() answers null where there is no body, but takes one of no bytes, as fetch sends it, for a body.
    const hasOtherType = req.is("application/x-www-form-urlencoded") === false && req.get("content-length") !== "0";
    return hasOtherType ? send(res, WRONG_TYPE) : next();
  };
  return [refuseOthers, express.urlencoded({ extended: true, limit: BODY_LIMIT })];
}
