import { listBulkRuns } from "@payonce/db/operations";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery, toPage } from "../paging.ts";
import { bulkRunSchema, EXAMPLE_BULK_RUN, toBulkRun } from "./bulk-run-resource.ts";

export const listBulkRunsOperation = defineOperation(
  {
    operationId: "listBulkRuns",
    method: "get",
    path: "/ops/v1/bulk_runs",
    tag: "Bulk runs",
    summary: "List bulk runs",
    description: "Newest first.",
    role: "viewer",
    query: z.strictObject(pageQuery("blk")),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(bulkRunSchema),
        example: { object: "list", data: [EXAMPLE_BULK_RUN], has_more: false },
      },
    },
  },
  async ({ dependencies, query: { limit, starting_after: before } }) => {
    const runs = await listBulkRuns(dependencies.db.pool, { limit: limit + 1, before });
    return { 200: toPage(runs, limit, toBulkRun) };
  },
);
