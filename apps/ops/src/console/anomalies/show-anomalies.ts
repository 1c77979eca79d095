import { listAnomalies, readAnomaly } from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { actorOf } from "../../access/actor-of.ts";
import { resolveAnomaly, resolveAnomalyInput } from "../../actions/resolve-anomaly.ts";
import type { Context } from "../dependencies.ts";
import { type FormFailure, toFormFailure } from "../elements/form-failure.ts";
import { noticeOf, withNotice } from "../elements/notice.tsx";
import { formValues } from "../form-values.ts";
import { pageContext, sendPage } from "../page-context.ts";
import { queryChoice, queryText, readQuery } from "../query.ts";
import { renderAnomalies } from "./anomalies-page.tsx";
import { renderAnomaly } from "./anomaly-page.tsx";

const PAGE_SIZE = 50;
const pageQuery = z.object({
  state: queryChoice(["open", "resolved"]),
  before: queryText.pipe(idSchema("ano").optional()),
});

/** `GET /anomalies` */
export function showAnomalies({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const { state = "open", before } = readQuery(request, pageQuery);
    const found = await listAnomalies(pool, { isOpen: state === "open", limit: PAGE_SIZE, before });
    const { signedIn } = pageContext(response);
    sendPage(response, renderAnomalies({ ...found, state, before, now: new Date(), signedIn }));
  };
}

/** `GET /anomalies/:id` */
export function showAnomaly(context: Context): RequestHandler {
  return (request, response) => sendAnomaly(context, request, response);
}

/** `POST /anomalies/:id/resolve` */
export function resolveOneAnomaly(context: Context): RequestHandler {
  return async (request, response) => {
    const id = anomalyIdOf(request);
    const values = formValues(request);
    try {
      const { resolution, reason } = values;
      const input = validate(resolveAnomalyInput, { resolution, reason }, "field_invalid");
      await resolveAnomaly(context.pool, actorOf(response, "console"), id, input);
      response.redirect(303, withNotice(`/anomalies/${id}`, "anomaly_resolved"));
    } catch (error) {
      await sendAnomaly(context, request, response, toFormFailure("resolve", error, values));
    }
  };
}

async function sendAnomaly({ pool }: Context, request: Request, response: Response, failure?: FormFailure) {
  const found = await readAnomaly(pool, anomalyIdOf(request));
  if (!found) throw notFound();
  const page = { ...found, now: new Date(), ...pageContext(response), notice: noticeOf(request.query.notice), failure };
  sendPage(response, renderAnomaly(page), failure?.error.status);
}

function anomalyIdOf(request: Request): string {
  const id = idSchema("ano").safeParse(request.params.id);
  if (!id.success) throw notFound();
  return id.data;
}

function notFound(): PayonceError {
  return new PayonceError("anomaly_not_found", "There is no anomaly with this id.");
}
