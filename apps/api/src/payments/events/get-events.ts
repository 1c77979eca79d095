import type { Database, PaymentRow } from "@payonce/db";
import { getEventsQuerySchema, isFinal, PayonceError, toBrowserEvent } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { visiblePayment } from "../visible-payment.ts";
import { beginEventStream, reconnectFrame } from "./event-stream.ts";
import { listEvents } from "./list-events.ts";
import type { LiveEvents } from "./live-events.ts";

/**
 * `GET /v1/payments/{id}/events`: the timeline as JSON or, for `Accept: text/event-stream`, live until the payment is final.
 * Both begin after `last_event_id`, the stream also after the header `Last-Event-ID`, which a browser sends on its own when
 * it connects again.
 */
export function getEvents(db: Database, live: LiveEvents): RequestHandler {
  return async (request, response) => {
    response.vary("Accept");
    const form = request.accepts(["application/json", "text/event-stream"]);
    if (!form)
      throw new PayonceError("not_acceptable", "Events come as application/json or as text/event-stream.", {
        param: "Accept",
      });
    const { last_event_id: lastEventId = 0 } = validate(getEventsQuerySchema, request.query, "parameter_invalid");
    const payment = await visiblePayment(db, request, response)();
    if (form === "text/event-stream") return streamEvents(db, live, payment, lastEventId, request, response);
    response.set("Cache-Control", "private, no-cache");
    const list = await listEvents(db, payment.id, lastEventId);
    response.json(response.locals.isBrowser ? { ...list, data: list.data.map(toBrowserEvent) } : list);
  };
}

async function streamEvents(
  db: Database,
  live: LiveEvents,
  payment: PaymentRow,
  lastEventId: number,
  request: Request,
  response: Response,
): Promise<void> {
  const afterVersion = startOf(payment, request.get("last-event-id"), lastEventId);
  // An EventSource whose stream has ended connects again, unless it is told that there is nothing more to come.
  if (isFinal(payment.status) && !(await hasEventsAfter(db, payment, afterVersion)))
    return void response.status(204).set("Cache-Control", "no-store").end();
  if (!live.hasRoom())
    throw new PayonceError("busy", "As many clients listen as may. Try again in a second, or ask for the payment.");
  beginEventStream(response);
  // The client may have gone while its payment was looked up.
  if (request.method === "HEAD" || response.destroyed) return void response.end();
  response.locals.leaveInFlight();
  response.write(reconnectFrame());
  live.listen(payment.id, afterVersion, response);
}

/** The version to go on after. The header is the later word: a browser repeats the query as it was. */
function startOf({ version }: PaymentRow, header: string | undefined, lastEventId: number): number {
  const known = header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : lastEventId;
  // What lies ahead of the payment is not of this payment, or of one that a backup has set back. All again is safe.
  return known > version ? 0 : known;
}

async function hasEventsAfter(db: Database, { id, version }: PaymentRow, afterVersion: number): Promise<boolean> {
  return afterVersion < version && (await listEvents(db, id, afterVersion, 1)).data.length > 0;
}
