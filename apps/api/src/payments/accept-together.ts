import {
  type AcceptRequest,
  type AcceptResult,
  acceptPayments,
  createSharedStatement,
  type Database,
} from "@payonce/db";
import { crashPoint } from "@payonce/service";
import { Gauge, Histogram, type Registry } from "prom-client";

/** Stores one payment. Throws `SharedStatementFull`, or that the database could not be asked. */
export type AcceptPayment = (request: AcceptRequest) => Promise<AcceptResult>;

/**
 * From some 64 on they are hardly cheaper for each payment. In a flood, though, the event loop comes round to the next batch only
 * after a thousand refusals, and then a batch is all that is accepted in that time.
 */
const MAX_BATCH = 256;

/**
 * Lets the payments of concurrent requests share one statement and one commit: waiting for the disk is what accepting costs.
 * None is told of before its commit.
 *
 * @param maxWaiting more than so many behind the statement under way are refused at once
 */
export function createAcceptTogether(
  db: Database,
  { maxWaiting, registry }: { maxWaiting: number; registry: Registry },
): AcceptPayment {
  const sizes = new Histogram({
    name: "payonce_payments_stored_together",
    help: "New payments that shared a statement and a commit",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [registry],
  });
  const run = async (requests: readonly AcceptRequest[]) => {
    sizes.observe(requests.length);
    crashPoint("accept.before");
    const results = await acceptPayments(db, requests);
    crashPoint("accept.after");
    return results;
  };
  const statement = createSharedStatement(run, { maxBatch: MAX_BATCH, maxWaiting });
  new Gauge({
    name: "payonce_payments_waiting",
    help: "Payments that wait to be stored with the next statement",
    registers: [registry],
    collect() {
      this.set(statement.waiting());
    },
  });
  return statement.submit;
}
