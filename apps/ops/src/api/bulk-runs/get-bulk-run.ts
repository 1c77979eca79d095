import { readBulkRun } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { defineOperation } from "../operation.ts";
import { bulkRunParams, bulkRunSchema, EXAMPLE_BULK_RUN, toBulkRun } from "./bulk-run-resource.ts";

export const getBulkRunOperation = defineOperation(
  {
    operationId: "getBulkRun",
    method: "get",
    path: "/ops/v1/bulk_runs/{id}",
    tag: "Bulk runs",
    summary: "Look at a bulk run",
    description: "How far it has got.",
    role: "viewer",
    params: bulkRunParams,
    answers: {
      200: { description: "The run.", schema: bulkRunSchema, example: EXAMPLE_BULK_RUN },
    },
    notFound: "bulk_run_not_found",
  },
  async ({ dependencies, params }) => {
    const run = await readBulkRun(dependencies.db.pool, params.id);
    if (!run) throw new PayonceError("bulk_run_not_found", "There is no bulk run with this id.");
    return { 200: toBulkRun(run) };
  },
);
