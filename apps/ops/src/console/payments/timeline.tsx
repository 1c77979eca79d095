import type { EvidencedAttempt, EvidencedPayment, PaymentAction, PaymentEvidence } from "@payonce/db/operations";
import { isFinal, PAYMENT_STATES, type PaymentState } from "@payonce/domain";
import type { ComponentChildren } from "preact";
import { Changes } from "../elements/changes.tsx";
import { DetailsList } from "../elements/details-list.tsx";
import { Icon, type IconName } from "../elements/icon.tsx";
import { JsonBlock } from "../elements/json-block.tsx";
import type { Tone } from "../elements/notice.tsx";
import { PaymentStatus } from "../elements/payment-status.tsx";
import { Time } from "../elements/time.tsx";
import { actionWords, anomalyWords, resolutionWords } from "../elements/words.ts";
import type { TimelineEntry } from "./merge-timeline.ts";
import { ProviderCalls } from "./provider-calls.tsx";

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
      return <Change change={entry.change} />;
    case "attempt":
      return <Attempt attempt={entry.attempt} />;
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

interface EventProps {
  at: Date;
  icon: IconName;
  tone?: Tone;
  title: ComponentChildren;
  children?: ComponentChildren;
}

function Event({ at, icon, tone = "neutral", title, children }: EventProps) {
  return (
    <li class={`event is-${tone}`}>
      <span class="event-sign">
        <Icon name={icon} />
      </span>
      <div class="event-body">
        <p class="event-title">{title}</p>
        <p class="event-time">
          <Time at={at} isPrecise />
        </p>
        {children}
      </div>
    </li>
  );
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
            ["Metadata", metadata > 0 ? <JsonBlock value={payment.metadata} label="Metadata" /> : null],
          ]}
        />
      </details>
    </Event>
  );
}

const OTHER_CHANGES: Record<string, { title: string; icon: IconName }> = {
  provider_object_stored: { title: "The provider's object is stored: no other is ever confirmed", icon: "stack" },
  cancel_requested: { title: "Cancel asked for: its object at the provider is closed first", icon: "dash" },
  cancel_refused: { title: "Could not be canceled: its object is not open any more", icon: "cross" },
  anomaly: { title: "An anomaly was opened", icon: "alert" },
};

function Change({ change: { kind, version, at, code } }: { change: PaymentEvidence["timeline"][number] }) {
  const state = PAYMENT_STATES.find((one) => one === kind);
  const other = Object.hasOwn(OTHER_CHANGES, kind) ? OTHER_CHANGES[kind] : undefined;
  return (
    <Event
      at={at}
      icon={other?.icon ?? "arrow"}
      tone={state ? toneOf(state) : kind === "anomaly" ? "bad" : "neutral"}
      title={state ? <PaymentStatus status={state} /> : (other?.title ?? kind.replaceAll("_", " "))}
    >
      <p class="event-note">
        Version {version}
        {code && (
          <>
            {" · "}
            <code>{code}</code>
          </>
        )}
      </p>
    </Event>
  );
}

function toneOf(state: PaymentState): Tone {
  if (state === "unknown") return "warn";
  if (state === "dead_lettered") return "bad";
  return isFinal(state) ? "good" : "neutral";
}

const OUTCOMES: Record<string, { words: string; tone: Tone }> = {
  succeeded: { words: "charged", tone: "good" },
  declined: { words: "declined", tone: "neutral" },
  not_executed: { words: "nothing was executed", tone: "neutral" },
  unknown: { words: "outcome unknown", tone: "warn" },
};

function Attempt({ attempt }: { attempt: EvidencedAttempt }) {
  const { id, number, startedAt, endedAt, outcome, code, evidence } = attempt;
  const words = outcome === null ? undefined : OUTCOMES[outcome];
  return (
    <Event
      at={startedAt}
      icon="bolt"
      tone={words?.tone ?? "info"}
      title={`Attempt ${number}: ${outcome === null ? "under way, or its charger died" : (words?.words ?? outcome)}`}
    >
      <p class="event-note">
        {endedAt ? (
          <>
            Ended <Time at={endedAt} isPrecise />
          </>
        ) : (
          "Not ended"
        )}
        {code && (
          <>
            {" · "}
            <code>{code}</code>
          </>
        )}
        {" · "}
        <code>{id}</code>
      </p>
      {evidence !== null && evidence.length > 0 && <ProviderCalls calls={evidence} />}
      {evidence?.length === 0 && <p class="event-note">Nothing was sent to the provider.</p>}
    </Event>
  );
}

function Webhook({ webhook }: { webhook: PaymentEvidence["webhooks"][number] }) {
  const { id, type, providerObjectId, createdAt, receivedAt } = webhook;
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
        <JsonBlock value={evidence} label="Evidence of the anomaly" />
      </details>
    </Event>
  );
}

function Action({ action: entry }: { action: PaymentAction }) {
  const { at, actor, via, action, reason, before, after, bulkRunId } = entry;
  return (
    <Event at={at} icon="person" tone="info" title={`${actionWords(action)} by ${actor}`}>
      <p>
        <q>{reason}</q>
      </p>
      <Changes before={before} after={after} />
      <p class="event-note">
        By {via}
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
  const { id, kind, tries, createdAt, notBefore } = row;
  return (
    <Event at={createdAt} icon="clock" tone="warn" title={`Waits to be published: ${kind.replaceAll("_", " ")}`}>
      <p class="event-note">
        Outbox row {id}
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
