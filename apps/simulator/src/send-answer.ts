import { setTimeout as delay } from "node:timers/promises";
import type { Response } from "express";
import type { Mode } from "./mode.ts";
import type { Answer, Delivery } from "./outcome.ts";

/** A client without a timeout must not keep its socket here for ever. */
const HOLD_LIMIT_MS = 600_000;

/** Lets an answer leave, in the way its delivery says. Resolves when nothing more will be done about it. */
export type SendAnswer = (res: Response, answer: Answer, delivery?: Delivery) => Promise<void>;

type Options = { readonly slowMs: number; readonly mode: () => Mode };

export function createSendAnswer({ slowMs, mode }: Options): SendAnswer {
  return async (res, answer, delivery = "at_once") => {
    res.locals.delivery = delivery;
    if (delivery === "never") return hold(res);
    if (delivery === "reset") {
      res.socket?.resetAndDestroy();
      return;
    }
    // The control endpoints stay quick, or nobody could end a slow spell.
    const modeMs = res.req.originalUrl.startsWith("/v1") ? modeDelayMs(mode(), slowMs) : 0;
    const waitMs = Math.max(delivery === "slowly" ? slowMs : 0, modeMs);
    if (waitMs > 0) await delay(waitMs, undefined, { ref: false });
    if (!res.destroyed) res.status(answer.status).set(answer.headers).json(answer.body);
  };
}

function modeDelayMs({ mode, delay_ms }: Mode, slowMs: number): number {
  return mode === "slow" ? (delay_ms ?? slowMs) : 0;
}

function hold(res: Response): void {
  const limit = setTimeout(() => res.destroy(), HOLD_LIMIT_MS);
  limit.unref();
  res.once("close", () => clearTimeout(limit));
}
