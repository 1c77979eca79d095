import { countSelection, readDeadLetters, searchDeadLetters } from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { actorOf } from "../../access/actor-of.ts";
import { retryMany, retryManyInput } from "../../actions/retry-many.ts";
import { type DeadLetterQuery, deadLetterQuery, toFilter } from "../dead-letters/dead-letter-query.ts";
import type { Context } from "../dependencies.ts";
import { type FormFailure, toFormFailure } from "../elements/form-failure.ts";
import { withNotice } from "../elements/notice.tsx";
import { formValues, toNumber } from "../form-values.ts";
import { pageContext, sendPage } from "../page-context.ts";
import { hrefWith } from "../query.ts";
import { renderConfirm } from "./confirm-page.tsx";

/** More than one page of the list can choose. */
const MAX_CHOSEN = 200;
const SAMPLE_SIZE = 10;

/** Either `all=1` and a filter, or payments' ids: a filter that got lost must not mean all. */
const chosen = deadLetterQuery.extend({
  all: z.literal("1").optional(),
  id: z
    .union([idSchema("pay").transform((id) => [id]), z.array(idSchema("pay")).max(MAX_CHOSEN)])
    .optional()
    .transform((ids) => [...new Set(ids)]),
});

type Chosen = z.output<typeof chosen>;

/** `GET /dead-letters/retry`: the dry run. */
export function confirmBulkRun(context: Context): RequestHandler {
  return async (request, response) => {
    const choice = validate(chosen, request.query, "parameter_invalid");
    if (!choice.all && choice.id.length === 0)
      return response.redirect(303, withNotice("/dead-letters", "none_chosen"));
    await sendConfirm(context, response, choice);
  };
}

async function sendConfirm({ pool }: Context, response: Response, choice: Chosen, failure?: FormFailure) {
  const { all, id: ids, ...query } = choice;
  const selection = selectionOf(choice);
  const [counted, sample] = await Promise.all([
    countSelection(pool, selection),
    all ? sampleOf(pool, query) : readDeadLetters(pool, ids.slice(0, SAMPLE_SIZE)),
  ]);
  const page = {
    selection,
    fields: fieldsOf(choice),
    counted,
    sample,
    backHref: all ? hrefWith("/dead-letters", query) : "/dead-letters",
    now: new Date(),
    ...pageContext(response),
  };
  sendPage(response, renderConfirm({ ...page, failure }), failure?.error.status);
}

/** `POST /dead-letters/retry/start`: what the dry run's form leads to. */
export function startBulkRun(context: Context): RequestHandler {
  return async (request, response) => {
    const choice = readChoice(request);
    const values = formValues(request);
    try {
      const input = {
        selection: selectionOf(choice),
        reason: values.reason,
        dryRun: false,
        expectedCount: toNumber(values.expectedCount),
        ratePerSecond: toNumber(values.ratePerSecond),
      };
      const run = await retryMany(
        context.pool,
        actorOf(response, "console"),
        validate(retryManyInput, input, "field_invalid"),
      );
      if (run.dryRun) throw new Error("a run that was to start only counted");
      response.redirect(303, withNotice(`/bulk-runs/${run.runId}`, "run_started"));
    } catch (error) {
      await sendConfirm(context, response, choice, toFormFailure("start", error, values));
    }
  };
}

function readChoice(request: Request): Chosen {
  const choice = validate(chosen, request.body, "field_invalid");
  if (choice.all || choice.id.length > 0) return choice;
  throw new PayonceError("field_invalid", "No dead letter was chosen.", { param: "id" });
}

function selectionOf({ all, id: ids, ...query }: Chosen) {
  return all ? { filter: toFilter(query) } : { ids };
}

function fieldsOf({ all, id: ids, ...query }: Chosen): Record<string, string | string[]> {
  if (!all) return { id: ids };
  return { all, ...Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) };
}

async function sampleOf(pool: Context["pool"], query: DeadLetterQuery) {
  return (await searchDeadLetters(pool, toFilter(query), { limit: SAMPLE_SIZE })).deadLetters;
}
