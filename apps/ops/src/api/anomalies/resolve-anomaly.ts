import { readAnomaly } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { resolveAnomaly, resolveAnomalyInput } from "../../actions/resolve-anomaly.ts";
import { reasonField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { anomalySchema, EXAMPLE_ANOMALY, toAnomaly } from "./anomaly-resource.ts";

export const resolveAnomalyOperation = defineOperation(
  {
    operationId: "resolveAnomaly",
    method: "post",
    path: "/ops/v1/anomalies/{id}/resolve",
    tag: "Anomalies",
    summary: "Close an anomaly",
    description: "For one that you have dealt with. It changes no payment and moves no money.",
    role: "operator",
    params: z.strictObject({
      id: idSchema("ano").meta({ description: "The anomaly's id", example: EXAMPLE_ANOMALY.id }),
    }),
    body: {
      schema: resolveAnomalyInput.extend({
        resolution: resolveAnomalyInput.shape.resolution.meta({ description: "How you dealt with it" }),
        reason: reasonField,
      }),
      example: { resolution: "refunded", reason: "Refunded in the dashboard as re_3Qk2" },
    },
    answers: {
      200: {
        description: "The anomaly as it is now.",
        schema: anomalySchema,
        example: { ...EXAMPLE_ANOMALY, resolved_at: "2026-11-22T10:00:00.000Z", resolution: "refunded" },
      },
    },
    notFound: "anomaly_not_found",
    problems: ["anomaly_resolved"],
  },
  async ({ dependencies, actor, params, body }) => {
    const { pool } = dependencies.db;
    await resolveAnomaly(pool, actor, params.id, body);
    const read = await readAnomaly(pool, params.id);
    if (!read) throw new Error("an anomaly that was just resolved is gone");
    return { 200: toAnomaly(read.anomaly) };
  },
);
