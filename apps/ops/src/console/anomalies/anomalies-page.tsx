import type { Anomaly } from "@payonce/db/operations";
import { Badge } from "../elements/badge.tsx";
import { DataTable } from "../elements/data-table.tsx";
import { Pager } from "../elements/pager.tsx";
import { Age } from "../elements/time.tsx";
import { anomalyWords, resolutionWords } from "../elements/words.ts";
import { renderPage, type SignedIn } from "../layout.tsx";
import { hrefWith } from "../query.ts";

export type AnomalyState = "open" | "resolved";

export interface AnomaliesPage {
  state: AnomalyState;
  before: string | undefined;
  anomalies: readonly Anomaly[];
  hasMore: boolean;
  now: Date;
  signedIn: SignedIn;
}

export function renderAnomalies({ state, before, anomalies, hasMore, now, signedIn }: AnomaliesPage): string {
  const next = hasMore ? anomalies.at(-1)?.id : undefined;
  return renderPage(
    { title: state === "open" ? "Open anomalies" : "Resolved anomalies", section: "/anomalies", signedIn },
    <>
      <h1>Anomalies</h1>
      <p class="lead">
        What the provider says against what we hold to be true. No payment is changed because of one: a person looks,
        and says how it ended.
      </p>
      <nav class="tabs" aria-label="Anomalies by state">
        <Tab href="/anomalies" isCurrent={state === "open"} label="Open" />
        <Tab href="/anomalies?state=resolved" isCurrent={state === "resolved"} label="Resolved" />
      </nav>
      {anomalies.length === 0 ? (
        <p class="card empty">{state === "open" ? "No anomaly is open." : "No anomaly has been resolved."}</p>
      ) : (
        <AnomalyTable anomalies={anomalies} now={now} />
      )}
      <Pager
        firstHref={hrefWith("/anomalies", { state })}
        nextHref={next === undefined ? null : hrefWith("/anomalies", { state, before: next })}
        isFirst={before === undefined}
      />
    </>,
  );
}

function Tab({ href, isCurrent, label }: { href: string; isCurrent: boolean; label: string }) {
  return (
    <a href={href} aria-current={isCurrent ? "page" : undefined}>
      {label}
    </a>
  );
}

function AnomalyTable({ anomalies, now }: Pick<AnomaliesPage, "anomalies" | "now">) {
  return (
    <DataTable
      caption="Anomalies, the newest first"
      isCaptionHidden
      rows={anomalies}
      rowKey={({ id }) => id}
      columns={[
        {
          header: "Anomaly",
          cell: ({ id, kind }) => <a href={`/anomalies/${id}`}>{anomalyWords(kind)}</a>,
          isRowHeader: true,
          isWide: true,
        },
        { header: "State", cell: (anomaly) => <AnomalyStatus {...anomaly} /> },
        {
          header: "Payment",
          cell: ({ paymentId }) =>
            paymentId ? (
              <a class="id-link" href={`/payments/${paymentId}`}>
                {paymentId}
              </a>
            ) : (
              <span class="muted">none here</span>
            ),
        },
        {
          header: "Provider's object",
          cell: ({ providerObjectId }) =>
            providerObjectId ? <code class="id">{providerObjectId}</code> : <span class="muted">none</span>,
        },
        { header: "Opened", cell: ({ openedAt }) => <Age at={openedAt} now={now} /> },
      ]}
    />
  );
}

export function AnomalyStatus({ resolvedAt, resolution }: Pick<Anomaly, "resolvedAt" | "resolution">) {
  return resolvedAt === null ? (
    <Badge tone="bad" icon="alert">
      Open
    </Badge>
  ) : (
    <Badge tone="good" icon="check">
      {resolution ? resolutionWords(resolution) : "Resolved"}
    </Badge>
  );
}
