import { describe, expect, test } from "@jest/globals";
import { newId } from "./ids.ts";
import { HIDDEN_KINDS, PUBLIC_EVENTS, TIMELINE_ONLY_EVENTS } from "./public-event.ts";
import { TIMELINE_EVENTS, type TimelineRow, timelineEventSchema, toTimelineEvent } from "./timeline-event.ts";

const payment = newId("pay");
const row: TimelineRow = {
  version: 3,
  kind: "unknown",
  code: "provider_timeout",
  refundId: null,
  at: new Date(0),
};

describe("the timeline as merchants see it", () => {
  test("has no kind that is both shown and hidden, and no two of one type", () => {
    const kinds = [...Object.keys(PUBLIC_EVENTS), ...Object.keys(TIMELINE_ONLY_EVENTS), ...HIDDEN_KINDS];
    expect(new Set(kinds).size).toBe(kinds.length);
    const types = Object.values(TIMELINE_EVENTS);
    expect(new Set(types).size).toBe(types.length);
  });

  test("gives an event the id that it has in a webhook, and what the attempt ran into", () => {
    expect(timelineEventSchema.parse(toTimelineEvent(payment, row))).toEqual({
      id: `evt_${payment}_3_unknown`,
      object: "event",
      type: "payment.unknown",
      payment,
      refund: null,
      version: 3,
      failure_code: "provider_timeout",
      at: "1970-01-01T00:00:00.000Z",
    });
  });

  test("keeps to itself which part of the system, or that a person, moved a payment", () => {
    expect(toTimelineEvent(payment, { ...row, code: "operator_retry" }).failure_code).toBeNull();
  });

  test("names the refund that an event is about", () => {
    const refundId = newId("ref");
    const event = toTimelineEvent(payment, { ...row, kind: "refund_succeeded", code: null, refundId });
    expect(timelineEventSchema.parse(event)).toMatchObject({ type: "refund.succeeded", payment, refund: refundId });
  });
});
