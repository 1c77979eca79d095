import type { EvidencedPayment, PaymentAction, PaymentEvidence } from "@payonce/db/operations";
import { Changes } from "../elements/changes.tsx";
import { DetailsList } from "../elements/details-list.tsx";
import { JsonBlock } from "../elements/json-block.tsx";
import { RefundLink, TargetLink } from "../elements/target-link.tsx";
import { Time } from "../elements/time.tsx";
import { actionWords, anomalyWords, outboxWords, resolutionWords } from "../elements/words.ts";
import { RefundAttemptEvent } from "../refunds/refund-attempt-event.tsx";
import { AttemptEvent } from "./attempt-event.tsx";
import { ChangeEvent } from "./change-event.tsx";
import type { TimelineEntry } from "./merge-timeline.ts";
import { Event } from "./timeline-event.tsx";

/** All that happened to a payment, the oldest first. */
export function Timeline({ entries, payment }: { entries: readonly TimelineEntry[]; payment: EvidencedPayment }) {
  return (
    <ol class="timeline">
      {entries.map((entry, index) => (
        <Entry key={index} entry={entry} payment={payment} />
      ))}
    </ol>
  );
}

function Entry({ entry, payment }: { entry: TimelineEntry; payment: EvidencedPayment }) {
  const { at } = entry;
  switch (entry.kind) {
    case "accepted":
      return <Accepted at={at} payment={payment} />;
    case "change":
      return <ChangeEvent change={entry.change} />;
    case "attempt":
      return <AttemptEvent attempt={entry.attempt} />;
    case "refund_attempt":
      return <RefundAttemptEvent attempt={entry.attempt} refundId={entry.refundId} />;
    case "webhook":
      return <Webhook webhook={entry.webhook} />;
    case "anomaly":
      return <AnomalyEntry anomaly={entry.anomaly} />;
    case "action":
      return <Action action={entry.action} />;
    case "outbox":
      return <OutboxEntry row={entry.row} />;
    case "job":
      return (
        <Event at={at} icon="queue" title={`Job in the queue ${entry.job.queue}`}>
          <p>
            <a href={`/queues/queue/${entry.job.queue}/${entry.job.jobId}`}>{entry.job.jobId}</a> is{" "}
            <strong>{entry.job.state ?? "gone"}</strong> now.
          </p>
        </Event>
      );
  }
}

function Accepted({ at, payment }: { at: Date; payment: EvidencedPayment }) {
  const metadata = Object.keys(payment.metadata).length;
  return (
    <Event at={at} icon="arrow" title="Request accepted">
      <details>
        <summary>The request</summary>
        <DetailsList
          entries={[
            ["Idempotency key", <code>{payment.idempotencyKey}</code>],
            ["Payment method", <code>{payment.paymentMethod}</code>],
            ["Description", payment.description],
            ["Metadata", metadata > 0 ? <JsonBlock value={payment.metadata} /> : null],
          ]}
        />
      </details>
    </Event>
  );
}

function Webhook({ webhook }: { webhook: PaymentEvidence["webhooks"][number] }) {
  const { id, type, providerObjectId, refundId, createdAt, receivedAt } = webhook;
  return (
    <Event at={receivedAt} icon="info" tone="info" title={`Webhook of the provider: ${type}`}>
      <p class="event-note">
        <code>{id}</code>
        {providerObjectId && (
          <>
            {" · "}
            <code>{providerObjectId}</code>
          </>
        )}
        {refundId && (
          <>
            {" · "}
            <RefundLink id={refundId} />
          </>
        )}
        {" · sent "}
        <Time at={createdAt} />
      </p>
    </Event>
  );
}

function AnomalyEntry({ anomaly }: { anomaly: PaymentEvidence["anomalies"][number] }) {
  const { id, kind, providerObjectId, evidence, openedAt, resolvedAt, resolution } = anomaly;
  return (
    <Event
      at={openedAt}
      icon="alert"
      tone={resolvedAt ? "neutral" : "bad"}
      title={
        <>
          Anomaly: <a href={`/anomalies/${id}`}>{anomalyWords(kind)}</a>
        </>
      }
    >
      <p class="event-note">
        {resolvedAt ? (
          <>
            {resolution ? resolutionWords(resolution) : "Resolved"}, <Time at={resolvedAt} />
          </>
        ) : (
          "Open"
        )}
        {providerObjectId && (
          <>
            {" · "}
            <code>{providerObjectId}</code>
          </>
        )}
      </p>
      <details>
        <summary>Evidence</summary>
        <JsonBlock value={evidence} />
      </details>
    </Event>
  );
}

function Action({ action: entry }: { action: PaymentAction }) {
  const { at, actor, via, action, target, reason, before, after, bulkRunId } = entry;
  return (
    <Event at={at} icon="person" tone="info" title={`${actionWords(action)} by ${actor}`}>
      <p>
        <q>{reason}</q>
      </p>
      <Changes before={before} after={after} />
      <p class="event-note">
        By {via}
        {target !== null && (
          <>
            {" · "}
            <TargetLink id={target} />
          </>
        )}
        {bulkRunId && (
          <>
            {" · "}
            <a href={`/bulk-runs/${bulkRunId}`}>bulk run</a>
          </>
        )}
      </p>
    </Event>
  );
}

function OutboxEntry({ row }: { row: PaymentEvidence["outbox"][number] }) {
  const { id, kind, tries, createdAt, notBefore, refundId } = row;
  return (
    <Event at={createdAt} icon="clock" tone="warn" title={`Waits to be published: ${outboxWords(kind)}`}>
      <p class="event-note">
        Outbox row {id}
        {refundId && (
          <>
            {" · "}
            <RefundLink id={refundId} />
          </>
        )}
        {tries > 0 && (
          <>
            {` · failed ${tries} times, again `}
            <Time at={notBefore} />
          </>
        )}
      </p>
    </Event>
  );
}
