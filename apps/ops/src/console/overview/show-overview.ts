import { REFUNDS_QUEUE, WEBHOOKS_QUEUE } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { actorOf } from "../../access/actor-of.ts";
import { pauseQueue, pauseQueueInput, resumeQueue } from "../../actions/pause-queue.ts";
import type { Context } from "../dependencies.ts";
import { type FormFailure, toFormFailure } from "../elements/form-failure.ts";
import { type NoticeCode, noticeOf, withNotice } from "../elements/notice.tsx";
import { formValues } from "../form-values.ts";
import { renderFragment } from "../layout.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { OverviewFigures } from "./overview-figures.tsx";
import { renderOverview, Throughput } from "./overview-page.tsx";

/** `GET /`; with `?live=off` it stays as it is. */
export function showOverview(context: Context): RequestHandler {
  return (request, response) => sendOverview(context, request, response);
}

async function sendOverview(context: Context, request: Request, response: Response, failure?: FormFailure) {
  const standing = await context.standing();
  const isLive = request.query.live !== "off";
  const page = { standing, ...pageContext(response), isLive, notice: noticeOf(request.query.notice), failure };
  sendPage(response, renderOverview(page), failure?.error.status);
}

/** `GET /overview/figures`: the live part. */
export function showFigures({ standing }: Context): RequestHandler {
  return async (_request, response) =>
    sendPage(response, renderFragment(OverviewFigures({ standing: await standing() })));
}

/** `GET /overview/throughput`: the chart, which changes by the minute. */
export function showThroughput({ standing }: Context): RequestHandler {
  return async (_request, response) => sendPage(response, renderFragment(Throughput(await standing())));
}

const PAUSED_NOTICES: Readonly<Record<string, NoticeCode>> = {
  [REFUNDS_QUEUE]: "paused_refunds",
  [WEBHOOKS_QUEUE]: "paused_webhooks",
};

/** `POST /pause/:queue` and `POST /resume/:queue`. */
export function changePause(context: Context, form: "pause" | "resume"): RequestHandler {
  const act = form === "pause" ? pauseQueue : resumeQueue;
  return async (request, response) => {
    const values = formValues(request);
    const queue = String(request.params.queue);
    try {
      const input = validate(pauseQueueInput, { reason: values.reason }, "field_invalid");
      const { changed } = await act(context.pool, actorOf(response, "console"), queue, input);
      context.standing.forget();
      const notice = form === "pause" ? (PAUSED_NOTICES[queue] ?? "paused") : "resumed";
      const before = form === "pause" ? "paused_before" : "resumed_before";
      response.redirect(303, withNotice("/", changed ? notice : before));
    } catch (error) {
      await sendOverview(context, request, response, toFormFailure(`${form}-${queue}`, error, values));
    }
  };
}
