import { ANOMALY_RESOLUTIONS, type Anomaly } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { withSnakeCaseKeys } from "../snake-case.ts";

export const anomalySchema = z
  .strictObject({
    id: idSchema("ano"),
    object: z.literal("anomaly"),
    kind: z.string().meta({ description: "What contradicts what" }),
    payment_id: idSchema("pay").nullable().meta({ description: "Null for a charge that has no payment here" }),
    provider_object_id: z.string().nullable(),
    evidence: z.unknown().meta({ description: "The provider calls that showed it, or what reconciliation compared" }),
    opened_at: z.iso.datetime(),
    resolved_at: z.iso.datetime().nullable(),
    resolution: z.enum(ANOMALY_RESOLUTIONS).nullable().meta({ description: "How a person dealt with it" }),
  })
  .meta({
    id: "Anomaly",
    description: "Evidence that contradicts what we hold to be true. It changes nothing by itself",
  });

type Resource = z.input<typeof anomalySchema>;

export function toAnomaly(anomaly: Anomaly): Resource {
  return {
    id: anomaly.id,
    object: "anomaly",
    kind: anomaly.kind,
    payment_id: anomaly.paymentId,
    provider_object_id: anomaly.providerObjectId,
    evidence: withSnakeCaseKeys(anomaly.evidence),
    opened_at: anomaly.openedAt.toISOString(),
    resolved_at: anomaly.resolvedAt?.toISOString() ?? null,
    resolution: anomaly.resolution as Resource["resolution"],
  };
}

export const EXAMPLE_ANOMALY: Resource = {
  id: "ano_01m814esw7e00bgbyj9j5g8yxa",
  object: "anomaly",
  kind: "charged_though_declined",
  payment_id: "pay_01m814esw7e00bgbyj9j5g8yxa",
  provider_object_id: "pi_3Qk2",
  evidence: [{ operation: "retrieve", at: "2026-11-22T09:14:00.000Z", duration_ms: 212, state: "succeeded" }],
  opened_at: "2026-11-22T09:14:00.431Z",
  resolved_at: null,
  resolution: null,
};
