import { type ListedMerchant, listMerchants } from "@payonce/db/operations";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Context } from "../dependencies.ts";
import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { Pager } from "../elements/pager.tsx";
import { Age } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { hrefWith, queryText, readQuery } from "../query.ts";

const merchantsQuery = z.object({ before: queryText });
const PAGE_SIZE = 50;

/** `GET /merchants` */
export function showMerchants({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const { before } = readQuery(request, merchantsQuery);
    const rows = await listMerchants(pool, { limit: PAGE_SIZE + 1, before });
    const merchants = rows.slice(0, PAGE_SIZE);
    const next = rows.length > PAGE_SIZE ? (merchants.at(-1)?.id ?? null) : null;
    const { signedIn } = pageContext(response);
    sendPage(response, renderMerchants({ merchants, next, isFirst: before === undefined, now: new Date(), signedIn }));
  };
}

interface MerchantsPage {
  merchants: readonly ListedMerchant[];
  next: string | null;
  isFirst: boolean;
  now: Date;
  signedIn: SignedIn;
}

function renderMerchants({ merchants, next, isFirst, now, signedIn }: MerchantsPage): string {
  return renderPage(
    { title: "Merchants", section: "/merchants", signedIn },
    <>
      <h1>Merchants</h1>
      <p class="lead">Who takes payments here: their keys, the web pages that may use them, and where they are told.</p>
      {merchants.length === 0 ? (
        <p class="card empty">There is no merchant yet.</p>
      ) : (
        <DataTable
          caption="Merchants, the newest first"
          isCaptionHidden
          rows={merchants}
          rowKey={({ id }) => id}
          columns={[
            { header: "Merchant", isRowHeader: true, cell: ({ id, name }) => <a href={`/merchants/${id}`}>{name}</a> },
            { header: "Id", cell: ({ id }) => <code class="id">{id}</code> },
            { header: "Keys accepted", cell: ({ liveKeys }) => formatCount(liveKeys), isNumber: true },
            { header: "Made", cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
          ]}
        />
      )}
      <Pager
        firstHref="/merchants"
        nextHref={next === null ? null : hrefWith("/merchants", { before: next })}
        isFirst={isFirst}
      />
    </>,
  );
}
