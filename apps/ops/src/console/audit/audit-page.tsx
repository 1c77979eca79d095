import { AUDIT_SCAN_LIMIT, type AuditRow } from "@payonce/db/operations";
import { Changes } from "../elements/changes.tsx";
import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { Icon } from "../elements/icon.tsx";
import { Pager } from "../elements/pager.tsx";
import { Time } from "../elements/time.tsx";
import { AUDIT_ACTIONS, actionWords } from "../elements/words.ts";
import { renderPage, type SignedIn } from "../layout.tsx";
import { hrefWith } from "../query.ts";
import type { AuditQuery } from "./show-audit.ts";

export interface AuditPage {
  query: AuditQuery;
  entries: readonly AuditRow[];
  hasMore: boolean;
  signedIn: SignedIn;
}

export function renderAudit({ query, entries, hasMore, signedIn }: AuditPage): string {
  const { before, ...filter } = query;
  const next = hasMore ? entries.at(-1)?.id : undefined;
  return renderPage(
    { title: "Audit log", section: "/audit", signedIn },
    <>
      <h1>Audit log</h1>
      <p class="lead">Who did what, and why. It is written together with what was done, and can only be added to.</p>
      <FilterForm query={query} />
      {entries.length === 0 ? <p class="card empty">No entry matches.</p> : <AuditTable entries={entries} />}
      {filter.action && (
        <p class="hint">{`For an action, the newest ${formatCount(AUDIT_SCAN_LIMIT)} entries are looked through.`}</p>
      )}
      <Pager
        firstHref={hrefWith("/audit", filter)}
        nextHref={next === undefined ? null : hrefWith("/audit", { ...filter, before: next })}
        isFirst={before === undefined}
      />
    </>,
  );
}

function FilterForm({ query }: Pick<AuditPage, "query">) {
  // What an address asks for stays chosen, also where it is no action of ours.
  const actions =
    query.action && !AUDIT_ACTIONS.includes(query.action) ? [...AUDIT_ACTIONS, query.action] : AUDIT_ACTIONS;
  return (
    <search>
      <form method="get" action="/audit" class="card filters">
        <div class="field">
          <label for="actor">Who</label>
          <input
            id="actor"
            name="actor"
            value={query.actor ?? ""}
            maxLength={255}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </div>
        <div class="field">
          <label for="action">Action</label>
          <select id="action" name="action">
            <option value="">Any</option>
            {actions.map((action) => (
              <option key={action} value={action} selected={action === query.action}>
                {actionWords(action)}
              </option>
            ))}
          </select>
        </div>
        <div class="field is-wide">
          <label for="payment">Payment</label>
          <input
            id="payment"
            name="payment"
            value={query.payment ?? ""}
            maxLength={255}
            placeholder="pay_…"
            autocomplete="off"
            spellcheck={false}
          />
        </div>
        <p class="actions">
          <button type="submit" class="button is-primary">
            <Icon name="search" />
            Search
          </button>
          <a class="button is-quiet" href="/audit">
            Clear
          </a>
        </p>
      </form>
    </search>
  );
}

function AuditTable({ entries }: Pick<AuditPage, "entries">) {
  return (
    <DataTable
      caption="Entries of the audit log, the newest first"
      isCaptionHidden
      rows={entries}
      rowKey={({ id }) => id}
      columns={[
        {
          header: "When and who",
          cell: ({ at, actor, via }) => (
            <>
              <Time at={at} />
              <span class="sub">
                <a href={hrefWith("/audit", { actor })}>{actor}</a> by {via}
              </span>
            </>
          ),
        },
        {
          header: "What",
          isRowHeader: true,
          isWide: true,
          cell: (entry) => (
            <>
              {actionWords(entry.action)}
              <Target {...entry} />
            </>
          ),
        },
        { header: "Why", isWide: true, cell: ({ reason }) => <q>{reason}</q> },
        { header: "Changed", isWide: true, cell: ({ before, after }) => <Changes before={before} after={after} /> },
      ]}
    />
  );
}

function Target({ paymentId, target, bulkRunId }: AuditRow) {
  return (
    <>
      {paymentId && (
        <a class="id-link" href={`/payments/${paymentId}`}>
          {paymentId}
        </a>
      )}
      {target?.startsWith("ano_") && (
        <a class="id-link" href={`/anomalies/${target}`}>
          {target}
        </a>
      )}
      {bulkRunId && (
        <a class="id-link" href={`/bulk-runs/${bulkRunId}`}>
          {bulkRunId}
        </a>
      )}
      {target && !target.startsWith("ano_") && target !== bulkRunId && <span class="sub">{target}</span>}
    </>
  );
}
