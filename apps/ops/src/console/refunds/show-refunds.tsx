import { type ListedMerchant, type ListedRefund, listMerchants, listRefundsForOperators } from "@payonce/db/operations";
import { idSchema, REFUND_STATES, type RefundState } from "@payonce/domain";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Context } from "../dependencies.ts";
import { Choice } from "../elements/choice.tsx";
import { DataTable } from "../elements/data-table.tsx";
import { Icon } from "../elements/icon.tsx";
import { Money } from "../elements/money.tsx";
import { Pager } from "../elements/pager.tsx";
import { RefundStatus, refundLabel } from "../elements/refund-status.tsx";
import { Age } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { hrefWith, queryChoice, queryText, readQuery } from "../query.ts";

const refundsQuery = z.object({
  status: queryChoice(REFUND_STATES),
  merchant: queryText,
  before: queryText.pipe(idSchema("ref").optional()),
});

const PAGE_SIZE = 50;
const OFFERED_MERCHANTS = 200;

/** `GET /refunds` */
export function showRefunds({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const { status, merchant, before } = readQuery(request, refundsQuery);
    const [found, merchants] = await Promise.all([
      listRefundsForOperators(pool, { status, merchantId: merchant, before, limit: PAGE_SIZE }),
      listMerchants(pool, { limit: OFFERED_MERCHANTS }),
    ]);
    const { signedIn } = pageContext(response);
    sendPage(response, renderRefunds({ ...found, status, merchant, before, merchants, now: new Date(), signedIn }));
  };
}

interface RefundsPage {
  refunds: readonly ListedRefund[];
  hasMore: boolean;
  status: RefundState | undefined;
  merchant: string | undefined;
  before: string | undefined;
  merchants: readonly ListedMerchant[];
  now: Date;
  signedIn: SignedIn;
}

function renderRefunds(page: RefundsPage): string {
  const { refunds, hasMore, status, merchant, before, now, signedIn } = page;
  const next = hasMore ? refunds.at(-1)?.id : undefined;
  const query = { status, merchant };
  return renderPage(
    { title: "Refunds", section: "/refunds", signedIn },
    <>
      <h1>Refunds</h1>
      <p class="lead">
        Money on its way back to customers, the newest first. One refund is found by its id, its key or its id at the
        provider in the search of the <a href="/payments">payments</a>.
      </p>
      <Filters {...page} />
      {refunds.length === 0 ? (
        <p class="card empty">{status || merchant ? "No refund matches." : "There is no refund."}</p>
      ) : (
        <RefundTable refunds={refunds} now={now} />
      )}
      <Pager
        firstHref={hrefWith("/refunds", query)}
        nextHref={next === undefined ? null : hrefWith("/refunds", { ...query, before: next })}
        isFirst={before === undefined}
      />
    </>,
  );
}

function Filters({ status, merchant, merchants }: RefundsPage) {
  return (
    <search>
      <form method="get" action="/refunds" class="card filters">
        <Choice
          name="status"
          label="State"
          chosen={status}
          options={REFUND_STATES.map((value) => ({ value, label: refundLabel(value) }))}
        />
        <Choice
          name="merchant"
          label="Merchant"
          chosen={merchant}
          options={merchants.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <p class="actions">
          <button type="submit" class="button is-primary">
            <Icon name="search" />
            Show
          </button>
          <a class="button is-quiet" href="/refunds">
            Clear
          </a>
        </p>
      </form>
    </search>
  );
}

function RefundTable({ refunds, now }: Pick<RefundsPage, "refunds" | "now">) {
  return (
    <DataTable
      caption="Refunds, the newest first"
      isCaptionHidden
      rows={refunds}
      rowKey={({ id }) => id}
      columns={[
        {
          header: "Refund",
          cell: ({ id, paymentId }) => (
            <a class="id-link" href={`/payments/${paymentId}#${id}`}>
              {id}
            </a>
          ),
          isRowHeader: true,
        },
        { header: "Amount", cell: (refund) => <Money {...refund} />, isNumber: true },
        { header: "State", cell: ({ status }) => <RefundStatus status={status} /> },
        {
          header: "Order",
          isWide: true,
          cell: ({ orderReference, merchantName }) => (
            <>
              {orderReference ?? <span class="muted">none</span>}
              <span class="sub">{merchantName}</span>
            </>
          ),
        },
        { header: "Code", cell: ({ failureCode }) => failureCode && <code>{failureCode}</code> },
        { header: "Asked for", cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
      ]}
    />
  );
}
