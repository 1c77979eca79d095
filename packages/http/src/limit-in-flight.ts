import { PayonceError } from "@payonce/domain";
import type { RequestHandler } from "express";
import { Gauge, type Registry } from "prom-client";

declare module "express-serve-static-core" {
  interface Locals {
    /** Gives up the request's place among those in flight. For long polls: they only wait, and have a limit of their own. */
    leaveInFlight(): void;
  }
}

/** Refuses what could only queue up: the client may send it again, and memory stays bounded. */
export function limitInFlight(max: number, registry: Registry): RequestHandler {
  let inFlight = 0;
  new Gauge({
    name: "payonce_http_requests_in_flight",
    help: "Requests being answered, long polls not counted",
    registers: [registry],
    collect() {
      this.set(inFlight);
    },
  });
  return (_request, response, next) => {
    if (inFlight >= max)
      throw new PayonceError("busy", `More than ${max} requests are being answered. Try again in a second.`);
    inFlight += 1;
    let isCounted = true;
    const leave = () => {
      if (isCounted) inFlight -= 1;
      isCounted = false;
    };
    response.once("close", leave);
    response.locals.leaveInFlight = leave;
    next();
  };
}
