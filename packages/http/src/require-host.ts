import { PayonceError } from "@payonce/domain";
import type { RequestHandler } from "express";

/** HTTP/1.1 without `Host` must be answered 400 (RFC 9112 §3.2). */
export const requireHost: RequestHandler = ({ httpVersion, headers }, _response, next) => {
  if (httpVersion === "1.1" && headers.host === undefined)
    throw new PayonceError("malformed_request", "The Host header is missing.", { param: "Host" });
  next();
};
