import { listDeliveriesForOperators, readEndpoint } from "@payonce/db/operations";
import { idSchema, WEBHOOK_DELIVERY_STATES } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { actorOf } from "../../access/actor-of.ts";
import { changeEndpointInput, disableEndpoint, enableEndpoint } from "../../actions/change-endpoint.ts";
import { endpointNotFound, redeliverAll } from "../../actions/redeliver-webhooks.ts";
import type { Context } from "../dependencies.ts";
import { type FormFailure, toFormFailure } from "../elements/form-failure.ts";
import { type NoticeCode, noticeOf, withNotice } from "../elements/notice.tsx";
import { formValues } from "../form-values.ts";
import { pageContext, sendPage } from "../page-context.ts";
import { queryChoice, queryText, readQuery } from "../query.ts";
import { renderEndpoint } from "./endpoint-page.tsx";

const endpointQuery = z.object({
  status: queryChoice(WEBHOOK_DELIVERY_STATES),
  before: queryText.pipe(idSchema("whd").optional()),
});

const PAGE_SIZE = 50;

/** `GET /webhook-endpoints/:id` */
export function showEndpoint(context: Context): RequestHandler {
  return (request, response) => sendEndpoint(context, request, response);
}

async function sendEndpoint({ pool }: Context, request: Request, response: Response, failure?: FormFailure) {
  const id = endpointIdOf(request);
  const { status, before } = readQuery(request, endpointQuery);
  const [endpoint, found] = await Promise.all([
    readEndpoint(pool, id),
    listDeliveriesForOperators(pool, { endpointId: id, status, before, limit: PAGE_SIZE }),
  ]);
  if (!endpoint) throw endpointNotFound();
  const page = { endpoint, ...found, status, before, now: new Date(), ...pageContext(response) };
  const notice = noticeOf(request.query.notice);
  sendPage(response, renderEndpoint({ ...page, notice, failure }), failure?.error.status);
}

type Act = "enable" | "disable" | "redeliver";

/** `POST /webhook-endpoints/:id/:act` */
export function actOnEndpoint(context: Context, act: Act): RequestHandler {
  return async (request, response) => {
    const id = endpointIdOf(request);
    const values = formValues(request);
    try {
      const input = validate(changeEndpointInput, { reason: values.reason }, "field_invalid");
      const args = [context.pool, actorOf(response, "console"), id, input] as const;
      response.redirect(303, withNotice(`/webhook-endpoints/${id}`, await DO[act](...args)));
    } catch (error) {
      await sendEndpoint(context, request, response, toFormFailure(act, error, values));
    }
  };
}

const DO: Record<Act, (...args: Parameters<typeof enableEndpoint>) => Promise<NoticeCode>> = {
  enable: async (...args) => ((await enableEndpoint(...args)).changed ? "endpoint_enabled" : "endpoint_enabled_before"),
  disable: async (...args) =>
    (await disableEndpoint(...args)).changed ? "endpoint_disabled" : "endpoint_disabled_before",
  redeliver: async (...args) => {
    const { redelivered, isMore } = await redeliverAll(...args);
    if (redelivered === 0) return "redelivered_none";
    return isMore ? "redelivered_part" : "redelivered_all";
  },
};

function endpointIdOf(request: Request): string {
  const id = idSchema("whe").safeParse(request.params.id);
  if (!id.success) throw endpointNotFound();
  return id.data;
}
