import { onlyReason, reason, version } from "../actions/reason.ts";

export const reasonField = reason.meta({
  description: "Why you do it. Kept in the audit log, for good; never put card numbers or secrets here",
  example: "The bank's outage is over (INC-2291)",
});

export const versionField = version.meta({
  description: "The payment's `version` as you saw it: when it is another by now, nothing is done (`payment_changed`)",
  example: 7,
});

export const refundVersionField = version.meta({
  description: "The refund's `version` as you saw it: when it is another by now, nothing is done (`refund_changed`)",
  example: 7,
});

/** The body of an action that takes nothing but a reason. */
export const reasonBody = {
  schema: onlyReason.extend({ reason: reasonField }).meta({ id: "ReasonOnly" }),
  example: { reason: "The bank's outage is over (INC-2291)" },
};
