import { readDelivery } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { actorOf } from "../../access/actor-of.ts";
import { deliveryNotFound, redeliverOne, redeliverOneInput } from "../../actions/redeliver-webhooks.ts";
import type { Context } from "../dependencies.ts";
import { type FormFailure, toFormFailure } from "../elements/form-failure.ts";
import { noticeOf, withNotice } from "../elements/notice.tsx";
import { formValues, toNumber } from "../form-values.ts";
import { pageContext, sendPage } from "../page-context.ts";
import { renderDelivery } from "./delivery-page.tsx";

/** `GET /webhook-deliveries/:id` */
export function showDelivery(context: Context): RequestHandler {
  return (request, response) => sendDelivery(context, request, response);
}

async function sendDelivery({ pool }: Context, request: Request, response: Response, failure?: FormFailure) {
  const delivery = await readDelivery(pool, deliveryIdOf(request));
  if (!delivery) throw deliveryNotFound();
  const notice = noticeOf(request.query.notice);
  const page = { delivery, now: new Date(), ...pageContext(response), notice, failure };
  sendPage(response, renderDelivery(page), failure?.error.status);
}

/** `POST /webhook-deliveries/:id/redeliver` */
export function redeliverFromPage(context: Context): RequestHandler {
  const schema = redeliverOneInput.required({ version: true });
  return async (request, response) => {
    const id = deliveryIdOf(request);
    const values = formValues(request);
    try {
      const input = validate(schema, { reason: values.reason, version: toNumber(values.version) }, "field_invalid");
      const { changed } = await redeliverOne(context.pool, actorOf(response, "console"), id, input);
      const notice = changed ? "redelivered" : "redelivered_before";
      response.redirect(303, withNotice(`/webhook-deliveries/${id}`, notice));
    } catch (error) {
      await sendDelivery(context, request, response, toFormFailure("redeliver", error, values));
    }
  };
}

function deliveryIdOf(request: Request): string {
  const id = idSchema("whd").safeParse(request.params.id);
  if (!id.success) throw deliveryNotFound();
  return id.data;
}
