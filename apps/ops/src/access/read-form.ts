import { PayonceError } from "@payonce/domain";
import { MAX_BODY_BYTES } from "@payonce/http";
import express, { type RequestHandler } from "express";
import { isSafeMethod } from "./require-own-origin.ts";

/** Flat: a name that occurs twice becomes a list, and `a[b]` is a name like any other. */
const parse = express.urlencoded({ extended: false, limit: MAX_BODY_BYTES, inflate: false, parameterLimit: 1_000 });

/** Reads what an HTML form sends into `request.body`; for a request without a body that is an empty object. */
export const readForm: RequestHandler = (request, response, next) => {
  if (isSafeMethod(request)) return next();
  const hasBody = request.headers["content-length"] !== "0";
  if (hasBody && request.is("application/x-www-form-urlencoded") === false)
    throw new PayonceError("content_type_unsupported", "Send the form as `application/x-www-form-urlencoded`.", {
      param: "Content-Type",
    });
  parse(request, response, (error?: unknown) => {
    request.body ??= {};
    next(error);
  });
};
