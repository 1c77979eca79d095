import { setTimeout as delay } from "node:timers/promises";
import type { Response } from "express";
import type { Answer, Delivery } from "./outcome.ts";
import { SPOILT_ANSWERS } from "./spoilt-answers.ts";

/** A client without a timeout must not keep its socket here for ever. */
const HOLD_LIMIT_MS = 600_000;

/** Lets an answer leave, in the way its delivery says. Resolves when nothing more will be done about it. */
export type SendAnswer = (res: Response, answer: Answer, delivery?: Delivery) => Promise<void>;

/** What the provider's mode does to all answers, whatever they are. Set on `res.locals` before the work begins. */
export type InTransit = {
  /** The answer takes at least so long. */
  readonly waitMs?: number;
  /** It is lost on its way. */
  readonly lost?: "never" | "reset";
};

export function createSendAnswer({ slowMs }: { readonly slowMs: number }): SendAnswer {
  return async (res, answer, wanted = "at_once") => {
    const { waitMs = 0, lost }: InTransit = res.locals.inTransit ?? {};
    const delivery = lost ?? wanted;
    res.locals.delivery = delivery;
    if (delivery === "never") return hold(res);
    if (delivery === "reset") {
      res.socket?.resetAndDestroy();
      return;
    }
    const wait = Math.max(delivery === "slowly" ? slowMs : 0, waitMs);
    if (wait > 0) await delay(wait, undefined, { ref: false });
    if (res.destroyed) return;
    res.status(answer.status).set(answer.headers);
    if (delivery === "at_once" || delivery === "slowly") {
      res.json(answer.body);
      return;
    }
    hold(res);
    SPOILT_ANSWERS[delivery](res, answer);
  };
}

function hold(res: Response): void {
  const limit = setTimeout(() => res.destroy(), HOLD_LIMIT_MS);
  limit.unref();
  res.once("close", () => clearTimeout(limit));
}
