import { answeredPaymentsExist } from "./answered-payments-exist.ts";
import { attemptsPrecedeCharges } from "./attempts-precede-charges.ts";
import { calledUnpaidIsUnpaid } from "./called-unpaid-is-unpaid.ts";
import { chargedAsAsked } from "./charged-as-asked.ts";
import { chargesAreKnown } from "./charges-are-known.ts";
import { deadLetterQueuesAgree } from "./dead-letter-queues-agree.ts";
import { declinedObjectsAreClosed } from "./declined-objects-are-closed.ts";
import { eventsCountOnce } from "./events-count-once.ts";
import { everythingComesToRest } from "./everything-comes-to-rest.ts";
import type { Invariant } from "./invariant.ts";
import { lostAnswersCanBeAskedFor } from "./lost-answers-can-be-asked-for.ts";
import { nobodyIsGivenUp } from "./nobody-is-given-up.ts";
import { nothingSecretShows } from "./nothing-secret-shows.ts";
import { oneCharge } from "./one-charge.ts";
import { oneKeyOnePayment } from "./one-key-one-payment.ts";
import { onePaymentPerOrder } from "./one-payment-per-order.ts";
import { oneProviderRefund } from "./one-provider-refund.ts";
import { onlyTheStoredObject } from "./only-the-stored-object.ts";
import { paymentsAreAnnounced } from "./payments-are-announced.ts";
import { refundStatesAgree } from "./refund-states-agree.ts";
import { refundsWithinTheCharge } from "./refunds-within-the-charge.ts";
import { successHasItsCharge } from "./success-has-its-charge.ts";
import { sumsAgree } from "./sums-agree.ts";
import { timelinesFollowTheTable } from "./timelines-follow-the-table.ts";
import { unknownEndsOnEvidence } from "./unknown-ends-on-evidence.ts";
import { webhooksArrive } from "./webhooks-arrive.ts";

/** All of them, in the order of their numbers. */
export const INVARIANTS: readonly Invariant[] = [
  oneCharge,
  chargesAreKnown,
  calledUnpaidIsUnpaid,
  successHasItsCharge,
  answeredPaymentsExist,
  oneKeyOnePayment,
  onePaymentPerOrder,
  paymentsAreAnnounced,
  everythingComesToRest,
  attemptsPrecedeCharges,
  onlyTheStoredObject,
  unknownEndsOnEvidence,
  declinedObjectsAreClosed,
  timelinesFollowTheTable,
  deadLetterQueuesAgree,
  sumsAgree,
  chargedAsAsked,
  eventsCountOnce,
  nothingSecretShows,
  lostAnswersCanBeAskedFor,
  refundsWithinTheCharge,
  oneProviderRefund,
  refundStatesAgree,
  webhooksArrive,
  nobodyIsGivenUp,
];
