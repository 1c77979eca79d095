import { containsCardNumber, PayonceError } from "@payonce/domain";
import { harmlessName } from "@payonce/http";
import type { RequestHandler } from "express";
import { CLIENT_SECRET_HEADER } from "./cross-origin.ts";

/**
 * Headers that a merchant's program or a person writes. Those that proxies and tracers add are made of random numbers, one
 * in some hundred of which passes for a card: they are neither kept nor logged, and refusing them would refuse payments.
 */
const WRITTEN_HEADERS = [CLIENT_SECRET_HEADER, "User-Agent", "Last-Event-ID", "If-None-Match"];

/**
 * Refuses a card number in the query, on every path, and in headers. Bodies and the Idempotency-Key are checked where they
 * are read; a path is not, because it leads nowhere then, and is redacted wherever it is repeated.
 */
export const refuseCardNumbers: RequestHandler = (request, _response, next) => {
  const start = request.url.indexOf("?");
  if (start >= 0)
    for (const [name, value] of new URLSearchParams(request.url.slice(start)))
      if (containsCardNumber(name) || containsCardNumber(value))
        throw new PayonceError("parameter_invalid", "A query must not contain a card number.", {
          param: harmlessName(name),
        });
  for (const name of WRITTEN_HEADERS)
    if (containsCardNumber(request.get(name) ?? ""))
      throw new PayonceError("malformed_request", "A header must not contain a card number.", { param: name });
  next();
};
