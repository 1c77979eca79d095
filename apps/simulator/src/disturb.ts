import type { RequestHandler } from "express";
import type { Mode } from "./mode.ts";
import type { InTransit, SendAnswer } from "./send-answer.ts";
import { INVALID_API_KEY, RATE_LIMITED, UNAVAILABLE } from "./stripe-errors.ts";

type Options = {
  readonly mode: () => Mode;
  readonly drawOutage: () => Mode | null;
  readonly send: SendAnswer;
  readonly slowMs: number;
};

/** Lets the provider's mode and its outages come over a request. A mode that somebody set goes before any outage. */
export function disturb({ mode, drawOutage, send, slowMs }: Options): RequestHandler {
  return (_req, res, next) => {
    const set = mode();
    const current = set.mode === "up" ? (drawOutage() ?? set) : set;
    const goOn = (inTransit: InTransit) => {
      res.locals.inTransit = inTransit;
      return next();
    };
    const lose = (lost: "reset" | "never") => (current.executes ? goOn({ lost }) : send(res, UNAVAILABLE, lost));

    switch (current.mode) {
      case "up":
        return next();
      case "slow":
        return goOn({ waitMs: current.delay_ms ?? slowMs });
      case "down":
        return send(res, UNAVAILABLE);
      case "rate_limited":
        return send(res, RATE_LIMITED);
      case "unauthorized":
        return send(res, INVALID_API_KEY);
      case "reset":
        return lose("reset");
      case "hang":
        return lose("never");
    }
  };
}
