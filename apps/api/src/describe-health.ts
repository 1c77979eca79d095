import type { OperationDescription } from "@payonce/http/openapi";
import { z } from "zod";
import { describeCall } from "./openapi/operation.ts";

const tag = "Running it";

/** Answered before the limits, so that a process that is busy does not look dead. */
const commonProblems = ["malformed_request", "request_timeout", "headers_too_large", "internal_error"] as const;

const readiness = z
  .strictObject({
    status: z.enum(["ready", "not_ready"]).meta({ description: "Whether it can take payments" }),
    postgres: z.enum(["ok", "away"]).meta({ description: "Needed for everything" }),
    redis: z.enum(["ok", "away"]).meta({ description: "Without it, those who wait are woken later" }),
  })
  .meta({ id: "Readiness", description: "What this process reaches" });

const getHealth = describeCall({
  operationId: "getHealth",
  method: "get",
  path: "/healthz",
  tag,
  summary: "Whether the process runs",
  description: "For whatever starts it again when it does not.",
  access: "everybody",
  commonProblems,
  answers: {
    200: { description: "It runs.", schema: z.strictObject({ status: z.literal("ok") }), example: { status: "ok" } },
  },
});

const getReadiness = describeCall({
  operationId: "getReadiness",
  method: "get",
  path: "/readyz",
  tag,
  summary: "Whether it can take payments",
  description: "For load balancers. It needs Postgres and nothing else.",
  access: "everybody",
  commonProblems,
  answers: {
    200: {
      description: "It can.",
      schema: readiness,
      example: { status: "ready", postgres: "ok", redis: "ok" },
    },
    503: {
      description: "It cannot, or is about to stop.",
      schema: readiness,
      example: { status: "not_ready", postgres: "away", redis: "ok" },
    },
  },
});

export const healthCalls: readonly OperationDescription[] = [getHealth, getReadiness];
