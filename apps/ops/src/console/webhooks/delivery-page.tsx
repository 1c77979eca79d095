import type { OperatedDelivery } from "@payonce/db/operations";
import { ActionForm } from "../elements/action-form.tsx";
import { Conflict } from "../elements/conflict.tsx";
import { DeliveryStatus } from "../elements/delivery-status.tsx";
import { DetailsList } from "../elements/details-list.tsx";
import { Fold } from "../elements/fold.tsx";
import type { FormFailure } from "../elements/form-failure.ts";
import type { Notice } from "../elements/notice.tsx";
import { TimeAndAge } from "../elements/time.tsx";
import { deliveryDeadWords } from "../elements/words.ts";
import { renderPage, type SignedIn } from "../layout.tsx";

export interface DeliveryPage {
  delivery: OperatedDelivery;
  now: Date;
  signedIn: SignedIn;
  mayAct: boolean;
  notice?: Notice | undefined;
  failure?: FormFailure | undefined;
}

export function renderDelivery(page: DeliveryPage): string {
  const { delivery, now, signedIn, mayAct, notice } = page;
  const { id, status, deadLetterReason, paymentId, refundId } = delivery;
  return renderPage(
    { title: `Webhook delivery ${id}`, section: "/webhooks", signedIn, notice },
    <>
      <div class="page-head">
        <h1>
          {delivery.eventType}
          <span class="visually-hidden">: webhook delivery </span> <code class="page-id">{id}</code>
        </h1>
        <p class="muted page-about breakable">
          to <a href={`/webhook-endpoints/${delivery.endpointId}`}>{delivery.url}</a>
        </p>
      </div>
      <Conflict failure={page.failure} href={`/webhook-deliveries/${id}`} what="delivery" />
      <div class="payment-columns">
        <section class="card" aria-labelledby="now-heading">
          <h2 id="now-heading">How it stands</h2>
          <p class="badges">
            <DeliveryStatus status={status} />
          </p>
          {deadLetterReason && <p>{deliveryDeadWords(deadLetterReason)}</p>}
          <DetailsList
            entries={[
              ["Payment", <a href={`/payments/${paymentId}`}>{paymentId}</a>],
              ["Refund", refundId && <a href={`/payments/${paymentId}#${refundId}`}>{refundId}</a>],
              ["Happened", <TimeAndAge at={delivery.eventAt} now={now} />],
              ["Attempts", `${delivery.attempts}, ${delivery.tries} of them in this round`],
              ["Next attempt", delivery.nextActionAt && <TimeAndAge at={delivery.nextActionAt} now={now} />],
              ["Delivered", delivery.deliveredAt && <TimeAndAge at={delivery.deliveredAt} now={now} />],
              ["Event", <code>{delivery.eventId}</code>],
              ["Payment's version", delivery.paymentVersion],
              ["Version", delivery.version],
            ]}
          />
        </section>
        <div class="payment-side">
          <LastAttempt {...page} />
          {mayAct && <Actions {...page} />}
        </div>
      </div>
    </>,
  );
}

function LastAttempt({ delivery, now }: DeliveryPage) {
  const { lastAttemptAt, lastDurationMs, lastHttpStatus, lastError, lastResponse } = delivery;
  return (
    <section class="card" aria-labelledby="last-heading">
      <h2 id="last-heading">Last attempt</h2>
      {lastAttemptAt === null ? (
        <p class="muted">None has ended yet.</p>
      ) : (
        <>
          <DetailsList
            entries={[
              ["At", <TimeAndAge at={lastAttemptAt} now={now} />],
              ["Took", lastDurationMs === null ? null : `${lastDurationMs} ms`],
              ["HTTP status", lastHttpStatus ?? "No answer"],
              ["Error", lastError && <code>{lastError}</code>],
            ]}
          />
          {lastResponse && (
            <>
              <h3>The beginning of the answer</h3>
              <pre class="json">{lastResponse}</pre>
            </>
          )}
        </>
      )}
    </section>
  );
}

function Actions({ delivery, signedIn: { csrf }, failure }: DeliveryPage) {
  const { id, status, version, isEndpointEnabled } = delivery;
  const isUnderWay = status === "pending" || status === "delivering";
  return (
    <section class="card" aria-labelledby="actions-heading">
      <h2 id="actions-heading">Actions</h2>
      {!isEndpointEnabled && (
        <p class="hint">
          Its endpoint is disabled. <a href={`/webhook-endpoints/${delivery.endpointId}`}>Enable it first</a>
        </p>
      )}
      {isUnderWay && <p class="muted">It is under way: there is nothing to do by hand.</p>}
      {isEndpointEnabled && !isUnderWay && (
        <Fold name="redeliver" title="Send again…" failure={failure}>
          <p>
            {status === "succeeded"
              ? "It was delivered. The merchant gets it once more, under the same event id."
              : "It gets a new round of attempts, and is sent at once."}
          </p>
          <ActionForm
            name="redeliver"
            action={`/webhook-deliveries/${id}/redeliver`}
            submitLabel="Send it again"
            hidden={{ version }}
            csrf={csrf}
            failure={failure}
          />
        </Fold>
      )}
    </section>
  );
}
