import type { EvidencedPayment, EvidencedRefund, PaymentEvidence } from "@payonce/db/operations";
import { CHARGES_QUEUE } from "@payonce/domain";
import { Conflict } from "../elements/conflict.tsx";
import { DetailsList } from "../elements/details-list.tsx";
import type { FormFailure } from "../elements/form-failure.ts";
import { LiveRegion } from "../elements/live-region.tsx";
import { Money } from "../elements/money.tsx";
import type { Notice } from "../elements/notice.tsx";
import { MayHaveCharged, PaymentStatus } from "../elements/payment-status.tsx";
import { TimeAndAge } from "../elements/time.tsx";
import { deadLetterMeaning } from "../elements/words.ts";
import { renderPage, type SignedIn } from "../layout.tsx";
import type { PaymentJob } from "../queue-reader.ts";
import { RefundsNow } from "../refunds/refunds-now.tsx";
import { Refunds } from "../refunds/refunds-section.tsx";
import { describeNext } from "./describe-next.ts";
import { mergeTimeline } from "./merge-timeline.ts";
import { PaymentForms } from "./payment-forms.tsx";
import { Timeline } from "./timeline.tsx";

export interface PaymentPage {
  evidence: PaymentEvidence;
  /** Null while Redis is away. */
  jobs: readonly PaymentJob[] | null;
  now: Date;
  signedIn: SignedIn;
  mayAct: boolean;
  notice?: Notice | undefined;
  failure?: FormFailure | undefined;
}

export function renderPayment(page: PaymentPage): string {
  const { evidence, jobs, now, signedIn, mayAct, notice, failure } = page;
  const { payment } = evidence;
  return renderPage(
    { title: `Payment ${payment.id}`, section: "/payments", signedIn, notice },
    <>
      <div class="page-head">
        <h1>
          <Money amountMinor={payment.amountMinor} currency={payment.currency} />
          <span class="visually-hidden">: payment </span>
          <code class="page-id">{payment.id}</code>
        </h1>
        <p class="muted page-about">
          {payment.merchantName}
          {payment.orderReference && ` · order ${payment.orderReference}`}
        </p>
      </div>
      <Conflict failure={failure} href={`/payments/${payment.id}`} what="payment" />
      <LiveRegion
        id="payment-now"
        href={`/payments/${payment.id}/now?version=${payment.version}`}
        everySeconds={3}
        isLive
      >
        <PaymentNow payment={payment} refunds={evidence.refunds} shownVersion={payment.version} now={now} />
      </LiveRegion>
      <div class="payment-columns">
        <div class="payment-main">
          <Refunds {...page} csrf={signedIn.csrf} refunds={evidence.refunds} payment={payment} />
          <section class="card" aria-labelledby="timeline-heading">
            <h2 id="timeline-heading">Timeline</h2>
            {evidence.isCutOff && <p class="hint">There is more than fits: the oldest entries are left out.</p>}
            <JobsNote jobs={jobs} />
            <Timeline entries={mergeTimeline(evidence, jobs)} payment={payment} />
          </section>
        </div>
        <div class="payment-side">
          {mayAct && <PaymentForms payment={payment} csrf={signedIn.csrf} failure={failure} />}
          <Facts payment={payment} now={now} />
        </div>
      </div>
    </>,
  );
}

/** The part of the page that is fetched again: what the payment is by now, and whether the rest of the page is old. */
export function PaymentNow({
  payment,
  refunds,
  shownVersion,
  now,
}: {
  payment: EvidencedPayment;
  refunds: readonly EvidencedRefund[];
  shownVersion: number;
  now: Date;
}) {
  const { id, status, outcomeUnknown, deadLetterReason, failureCode, version } = payment;
  return (
    <section class="card payment-now" aria-label="How it stands">
      <p class="badges">
        <PaymentStatus status={status} />
        {(status === "dead_lettered" || status === "charging") && <MayHaveCharged outcomeUnknown={outcomeUnknown} />}
      </p>
      {deadLetterReason && (
        <p>
          <strong>{deadLetterMeaning(deadLetterReason)}</strong>
        </p>
      )}
      {failureCode && (
        <p>
          {status === "declined" ? "Declined because of" : "The last attempt ran into"} <code>{failureCode}</code>.
        </p>
      )}
      <p>{describeNext(payment, now)}</p>
      <RefundsNow payment={payment} refunds={refunds} />
      <div role="status">
        {version !== shownVersion && (
          <p class="changed-words">
            It has changed since this page was loaded.{" "}
            <a id="load-again" href={`/payments/${id}`}>
              Load the page again
            </a>
          </p>
        )}
      </div>
    </section>
  );
}

/** The job that should be there and is not: the sweep makes another, unless nothing is to happen any more. */
function JobsNote({ jobs }: { jobs: readonly PaymentJob[] | null }) {
  if (jobs === null) return <p class="away">Redis is away: the payment's jobs are not shown.</p>;
  const missing = jobs.filter(({ state }) => state === null);
  if (missing.length === 0) return null;
  return (
    <p class="hint">
      {missing.map(({ queue, jobId }) => `No job ${jobId} in ${queue}`).join("; ")}: finished long ago, not published
      yet, or lost. What is still needed is made anew.
    </p>
  );
}

function Facts({ payment, now }: { payment: EvidencedPayment; now: Date }) {
  return (
    <section class="card" aria-labelledby="facts-heading">
      <h2 id="facts-heading">Payment</h2>
      <DetailsList
        entries={[
          [
            "Merchant",
            <>
              <a href={`/merchants/${payment.merchantId}`}>{payment.merchantName}</a> <code>{payment.merchantId}</code>
            </>,
          ],
          ["Order", payment.orderReference],
          ["Description", payment.description],
          ["Made", <TimeAndAge at={payment.createdAt} now={now} />],
          ["Last change", <TimeAndAge at={payment.updatedAt} now={now} />],
          ["Attempts", `${payment.attempts}, ${payment.tries} of them in this round`],
          ["Object at the provider", payment.providerObjectId && <code>{payment.providerObjectId}</code>],
          ["Account at the provider", payment.providerAccount && <code>{payment.providerAccount}</code>],
          ["Provider's API version", payment.providerApiVersion],
          ["Idempotency key", <code>{payment.idempotencyKey}</code>],
          ["Version", payment.version],
          ["Queue", <a href={`/queues/queue/${CHARGES_QUEUE}`}>{CHARGES_QUEUE}</a>],
          ["Audit log", <a href={`/audit?payment=${payment.id}`}>What operators did</a>],
        ]}
      />
    </section>
  );
}
