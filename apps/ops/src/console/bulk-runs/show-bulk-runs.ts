import { type BulkRun, listBulkRuns, readBulkRun } from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { actorOf } from "../../access/actor-of.ts";
import { abortBulkRun, changeBulkRunInput, resumeBulkRun } from "../../actions/retry-many.ts";
import type { Context } from "../dependencies.ts";
import { type FormFailure, toFormFailure } from "../elements/form-failure.ts";
import { noticeOf, withNotice } from "../elements/notice.tsx";
import { formValues } from "../form-values.ts";
import { renderFragment } from "../layout.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { queryText, readQuery } from "../query.ts";
import { renderBulkRun } from "./bulk-run-page.tsx";
import { BulkRunProgress } from "./bulk-run-progress.tsx";
import { renderBulkRuns } from "./bulk-runs-page.tsx";

const PAGE_SIZE = 25;
const pageQuery = z.object({ before: queryText.pipe(idSchema("blk").optional()) });

/** `GET /bulk-runs` */
export function showBulkRuns({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const { before } = readQuery(request, pageQuery);
    const found = await listBulkRuns(pool, { limit: PAGE_SIZE + 1, before });
    const runs = found.slice(0, PAGE_SIZE);
    const next = found.length > PAGE_SIZE ? (runs.at(-1)?.id ?? null) : null;
    const { signedIn } = pageContext(response);
    sendPage(response, renderBulkRuns({ runs, before, next, now: new Date(), signedIn }));
  };
}

/** `GET /bulk-runs/:id` */
export function showBulkRun(context: Context): RequestHandler {
  return (request, response) => sendBulkRun(context, request, response);
}

/** htmx takes this status for an answer like any other, and then asks no more. */
const LAST_ANSWER = 286;

const progressQuery = z.object({ status: z.enum(["running", "aborted", "finished"]) });

/** `GET /bulk-runs/:id/progress`: the live part of the page, whose other parts are made for `status`. */
export function showProgress({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const { status: shownStatus } = readQuery(request, progressQuery);
    const run = await readRun(pool, request);
    const html = renderFragment(BulkRunProgress({ run, shownStatus, now: new Date() }));
    sendPage(response, html, run.status === "running" ? 200 : LAST_ANSWER);
  };
}

/** `POST /bulk-runs/:id/abort` and `/resume`. */
export function changeBulkRun(context: Context, form: "abort" | "resume"): RequestHandler {
  const act = form === "abort" ? abortBulkRun : resumeBulkRun;
  return async (request, response) => {
    const values = formValues(request);
    try {
      const input = validate(changeBulkRunInput, { reason: values.reason }, "field_invalid");
      const { id } = await act(context.pool, actorOf(response, "console"), runIdOf(request), input);
      response.redirect(303, withNotice(`/bulk-runs/${id}`, form === "abort" ? "run_aborted" : "run_resumed"));
    } catch (error) {
      await sendBulkRun(context, request, response, toFormFailure(form, error, values));
    }
  };
}

async function sendBulkRun({ pool }: Context, request: Request, response: Response, failure?: FormFailure) {
  const run = await readRun(pool, request);
  const page = { run, now: new Date(), ...pageContext(response), notice: noticeOf(request.query.notice), failure };
  sendPage(response, renderBulkRun(page), failure?.error.status);
}

async function readRun(pool: Context["pool"], request: Request): Promise<BulkRun> {
  const run = await readBulkRun(pool, runIdOf(request));
  if (!run) throw notFound();
  return run;
}

function runIdOf(request: Request): string {
  const id = idSchema("blk").safeParse(request.params.id);
  if (!id.success) throw notFound();
  return id.data;
}

function notFound(): PayonceError {
  return new PayonceError("bulk_run_not_found", "There is no bulk run with this id.");
}
