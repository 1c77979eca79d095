import { LIST_SCAN_LIMIT, type ListedPayment, ORDER_SCAN_LIMIT } from "@payonce/db/operations";
import { PAYMENT_STATES } from "@payonce/domain";
import { countOf, formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { Icon } from "../elements/icon.tsx";
import { Money } from "../elements/money.tsx";
import { Pager } from "../elements/pager.tsx";
import { PaymentStatus, statusLabel } from "../elements/payment-status.tsx";
import { Age } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { hrefWith } from "../query.ts";
import type { PaymentsQuery } from "./show-payments.ts";

export interface PaymentsPage {
  query: PaymentsQuery;
  payments: readonly ListedPayment[];
  /** Where the next page starts; null when there is none. */
  next: string | null;
  /** True when the look ended at its limit, before the page was full. */
  isCutOff: boolean;
  merchants: readonly { id: string; name: string }[];
  now: Date;
  signedIn: SignedIn;
}

export function renderPayments(page: PaymentsPage): string {
  const { query, payments, next, isCutOff, merchants, now, signedIn } = page;
  const { before: _before, ...filter } = query;
  return renderPage(
    { title: query.search ? "Payments found" : "Payments", section: "/payments", signedIn },
    <>
      <h1>Payments</h1>
      <FilterForm query={query} merchants={merchants} />
      {payments.length === 0 ? (
        <p class="card empty">{isCutOff ? "None among those looked through." : "There is none."}</p>
      ) : (
        <PaymentTable payments={payments} now={now} />
      )}
      <p class="hint">{noteOn(page)}</p>
      <Pager
        firstHref={hrefWith("/payments", filter)}
        nextHref={next === null ? null : hrefWith("/payments", { ...filter, before: next })}
        isFirst={query.before === undefined}
      />
    </>,
  );
}

function noteOn({ query, payments, isCutOff }: PaymentsPage): string {
  if (query.search)
    return `${countOf(payments.length, "payment", "payments")} found. Of an order's payments that were declined or canceled, those among the newest ${formatCount(ORDER_SCAN_LIMIT)} payments are found.`;
  if (isCutOff) return `${formatCount(LIST_SCAN_LIMIT)} payments were looked through; there are more.`;
  return "The newest first.";
}

function FilterForm({ query, merchants }: Pick<PaymentsPage, "query" | "merchants">) {
  return (
    <search>
      <form method="get" action="/payments" class="card filters">
        <div class="field is-wide">
          <label for="search">Search</label>
          <input
            id="search"
            name="search"
            type="search"
            maxLength={255}
            value={query.search ?? ""}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="search-hint"
          />
          <p class="hint" id="search-hint">
            A whole payment id, order reference, idempotency key or id of the provider's object.
          </p>
        </div>
        <div class="field">
          <label for="status">State</label>
          <select id="status" name="status">
            <option value="">Any</option>
            {PAYMENT_STATES.map((state) => (
              <option key={state} value={state} selected={state === query.status}>
                {statusLabel(state)}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="merchant">Merchant</label>
          <input
            id="merchant"
            name="merchant"
            list="merchants"
            maxLength={255}
            value={query.merchant ?? ""}
            placeholder="mer_…"
            autocomplete="off"
            spellcheck={false}
          />
          <datalist id="merchants">
            {merchants.map(({ id, name }) => (
              <option key={id} value={id} label={name} />
            ))}
          </datalist>
        </div>
        <p class="actions">
          <button type="submit" class="button is-primary">
            <Icon name="search" />
            Search
          </button>
          <a class="button is-quiet" href="/payments">
            Clear
          </a>
        </p>
      </form>
    </search>
  );
}

function PaymentTable({ payments, now }: Pick<PaymentsPage, "payments" | "now">) {
  return (
    <DataTable
      caption="Payments"
      isCaptionHidden
      rows={payments}
      rowKey={({ id }) => id}
      columns={[
        {
          header: "Payment",
          cell: ({ id }) => (
            <a class="id-link" href={`/payments/${id}`}>
              {id}
            </a>
          ),
          isRowHeader: true,
        },
        { header: "Amount", cell: (payment) => <Money {...payment} />, isNumber: true },
        { header: "State", cell: ({ status }) => <PaymentStatus status={status} /> },
        {
          header: "Order",
          cell: ({ orderReference }) => orderReference ?? <span class="muted">none</span>,
          isWide: true,
        },
        { header: "Merchant", cell: ({ merchantName }) => merchantName, isWide: true },
        { header: "Made", cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
      ]}
    />
  );
}
