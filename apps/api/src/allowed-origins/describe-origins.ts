import { allowedOriginsRequestSchema, allowedOriginsSchema } from "@payonce/domain";
import type { OperationDescription } from "@payonce/http/openapi";
import { describeCall } from "../openapi/operation.ts";

const tag = "Allowed origins";
const path = "/v1/allowed_origins";
const origins = ["https://shop.example"];
const answers = {
  200: {
    description: "All of them.",
    schema: allowedOriginsSchema,
    example: { object: "allowed_origins", origins },
  },
};

const getAllowedOrigins = describeCall({
  operationId: "getAllowedOrigins",
  method: "get",
  path,
  tag,
  summary: "Read the allowed origins",
  description: "The web pages from which your publishable keys are taken. At first there is none.",
  access: "secretKey",
  answers,
});

const putAllowedOrigins = describeCall({
  operationId: "replaceAllowedOrigins",
  method: "put",
  path,
  tag,
  summary: "Replace the allowed origins",
  description: "These, and no others, from now on. Sending it again changes nothing, so it needs no Idempotency-Key.",
  access: "secretKey",
  body: { schema: allowedOriginsRequestSchema, example: { origins } },
  answers,
});

export const originCalls: readonly OperationDescription[] = [getAllowedOrigins, putAllowedOrigins];
