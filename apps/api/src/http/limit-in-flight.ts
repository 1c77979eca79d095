import { PayonceError } from "@payonce/domain";
import type { RequestHandler } from "express";

/** Refuses what could only queue up: the client may send it again, and memory stays bounded. */
export function limitInFlight(max: number): RequestHandler {
  let inFlight = 0;
  return (_request, response, next) => {
    if (inFlight >= max)
      throw new PayonceError("busy", `More than ${max} requests are being answered. Try again in a second.`);
    inFlight += 1;
    response.once("close", () => {
      inFlight -= 1;
    });
    next();
  };
}
