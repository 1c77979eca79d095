import type { Response } from "express";
import type { Answer, SpoiltDelivery } from "./outcome.ts";

const DRIP_EVERY_MS = 200;

/** Past any client's body limit. */
const PADDING_BYTES = 5 * 1024 * 1024;

type SendSpoilt = (res: Response, answer: Answer) => void;

/** Answers that begin well: a 200, and then nothing a client can use. */
export const SPOILT_ANSWERS: Readonly<Record<SpoiltDelivery, SendSpoilt>> = {
  /** Blanks may stand before JSON, so no parser can tell that it will never come. Whoever holds the socket ends it. */
  drip(res, { status }) {
    res.status(status).type("json").flushHeaders();
    const drip = setInterval(() => res.write(" "), DRIP_EVERY_MS);
    drip.unref();
    res.once("close", () => clearInterval(drip));
  },

  malformed(res, { status, body }) {
    res.status(status).type("json").send(firstHalf(body));
  },

  truncated(res, { status, body }) {
    const whole = Buffer.from(JSON.stringify(body));
    res.status(status).type("json").set("Content-Length", String(whole.length));
    res.write(firstHalf(body), () => res.socket?.end());
  },

  html(res, { status }) {
    res.status(status).type("html").send("<!doctype html><title>Payments</title><h1>We will be right back</h1>\n");
  },

  huge(res, { status, body }) {
    const padded = { ...(body as object), padding: "0".repeat(PADDING_BYTES) };
    res.status(status).type("json").send(JSON.stringify(padded));
  },
};

function firstHalf(body: unknown): Buffer {
  const whole = Buffer.from(JSON.stringify(body));
  return whole.subarray(0, whole.length / 2);
}
