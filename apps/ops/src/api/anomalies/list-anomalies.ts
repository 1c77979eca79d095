import { listAnomalies } from "@payonce/db/operations";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { anomalySchema, EXAMPLE_ANOMALY, toAnomaly } from "./anomaly-resource.ts";

export const listAnomaliesOperation = defineOperation(
  {
    operationId: "listAnomalies",
    method: "get",
    path: "/ops/v1/anomalies",
    tag: "Anomalies",
    summary: "List anomalies",
    description: "Newest first.",
    role: "viewer",
    query: z.strictObject({
      status: z
        .enum(["open", "resolved"], "must be open or resolved")
        .default("open")
        .meta({ description: "Those that a person has to look at, or those that are done with" }),
      ...pageQuery("ano"),
    }),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(anomalySchema),
        example: { object: "list", data: [EXAMPLE_ANOMALY], has_more: false },
      },
    },
  },
  async ({ dependencies, query: { status, limit, starting_after: before } }) => {
    const isOpen = status === "open";
    const { anomalies, hasMore } = await listAnomalies(dependencies.db.pool, { isOpen, limit, before });
    return { 200: { object: "list" as const, data: anomalies.map(toAnomaly), has_more: hasMore } };
  },
);
