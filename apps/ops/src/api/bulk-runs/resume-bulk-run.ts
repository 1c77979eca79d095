import { resumeBulkRun } from "../../actions/retry-many.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { bulkRunParams, bulkRunSchema, EXAMPLE_BULK_RUN, toBulkRun } from "./bulk-run-resource.ts";

export const resumeBulkRunOperation = defineOperation(
  {
    operationId: "resumeBulkRun",
    method: "post",
    path: "/ops/v1/bulk_runs/{id}/resume",
    tag: "Bulk runs",
    summary: "Go on with a bulk run that was stopped",
    description: "It goes on with the payments that are left, as they were fixed when it was started.",
    role: "operator",
    params: bulkRunParams,
    body: reasonBody,
    answers: {
      200: { description: "It runs again.", schema: bulkRunSchema, example: EXAMPLE_BULK_RUN },
    },
    notFound: "bulk_run_not_found",
    problems: ["bulk_run_ended"],
  },
  async ({ dependencies, actor, params, body }) => {
    const run = await resumeBulkRun(dependencies.db.pool, actor, params.id, body);
    return { 200: toBulkRun(run) };
  },
);
