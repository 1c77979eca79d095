import { listOrigins } from "@payonce/db";
import {
  type ApiKey,
  listApiKeys,
  listEndpointsForOperators,
  type Merchant,
  type OperatedEndpoint,
  readMerchant,
} from "@payonce/db/operations";
import type { RequestHandler } from "express";
import { merchantNotFound } from "../../actions/set-origins.ts";
import type { Context } from "../dependencies.ts";
import { Badge } from "../elements/badge.tsx";
import { DataTable } from "../elements/data-table.tsx";
import { Age, TimeAndAge } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { hrefWith } from "../query.ts";
import { EndpointTable } from "../webhooks/endpoint-table.tsx";

const SHOWN_KEYS = 100;
const SHOWN_ENDPOINTS = 50;

/** `GET /merchants/:id` */
export function showMerchant({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const id = String(request.params.id);
    const merchant = id.includes("\0") ? null : await readMerchant(pool, id);
    if (!merchant) throw merchantNotFound();
    const [origins, keys, { endpoints }] = await Promise.all([
      listOrigins(pool, id),
      listApiKeys(pool, { merchantId: id, limit: SHOWN_KEYS }),
      listEndpointsForOperators(pool, { merchantId: id, limit: SHOWN_ENDPOINTS }),
    ]);
    const { signedIn } = pageContext(response);
    sendPage(response, renderMerchant({ merchant, origins, keys, endpoints, now: new Date(), signedIn }));
  };
}

interface MerchantPage {
  merchant: Merchant;
  origins: readonly string[];
  keys: readonly ApiKey[];
  endpoints: readonly OperatedEndpoint[];
  now: Date;
  signedIn: SignedIn;
}

function renderMerchant({ merchant, origins, keys, endpoints, now, signedIn }: MerchantPage): string {
  const { id, name, createdAt } = merchant;
  return renderPage(
    { title: `Merchant ${name}`, section: "/merchants", signedIn },
    <>
      <div class="page-head">
        <h1>{name}</h1>
        <p class="muted page-about">
          <code>{id}</code> · made <TimeAndAge at={createdAt} now={now} />
        </p>
      </div>
      <p>
        <a href={hrefWith("/payments", { merchant: id })}>Payments</a> ·{" "}
        <a href={hrefWith("/refunds", { merchant: id })}>Refunds</a> ·{" "}
        <a href={hrefWith("/dead-letters", { merchant: id })}>Dead letters</a>
      </p>
      <section aria-labelledby="endpoints-heading">
        <h2 id="endpoints-heading">Webhook endpoints</h2>
        {endpoints.length === 0 ? (
          <p class="card empty">It has none: it is told of nothing.</p>
        ) : (
          <EndpointTable endpoints={endpoints} now={now} isWithMerchant={false} />
        )}
      </section>
      <Origins origins={origins} />
      <section aria-labelledby="keys-heading">
        <h2 id="keys-heading">API keys</h2>
        {keys.length === 0 ? <p class="card empty">It has none.</p> : <Keys keys={keys} now={now} />}
      </section>
    </>,
  );
}

function Origins({ origins }: Pick<MerchantPage, "origins">) {
  return (
    <section class="card" aria-labelledby="origins-heading">
      <h2 id="origins-heading">Allowed origins</h2>
      {origins.length === 0 ? (
        <p class="muted">None: no web page can use its publishable keys.</p>
      ) : (
        <ul class="plain">
          {origins.map((origin) => (
            <li key={origin}>
              <code>{origin}</code>
            </li>
          ))}
        </ul>
      )}
      <p class="hint">
        The web pages from which its publishable keys are taken. The merchant sets them; an admin can with{" "}
        <code>payonce origins set</code>.
      </p>
    </section>
  );
}

function Keys({ keys, now }: Pick<MerchantPage, "keys" | "now">) {
  return (
    <DataTable
      caption="API keys, the newest first"
      isCaptionHidden
      rows={keys}
      rowKey={({ id }) => id}
      columns={[
        { header: "Key", isRowHeader: true, cell: ({ prefix }) => <code>{`${prefix}…`}</code> },
        { header: "Kind", cell: ({ kind, mode }) => `${kind === "secret" ? "Secret" : "Publishable"}, ${mode}` },
        { header: "State", cell: ({ revokedAt }) => <KeyState revokedAt={revokedAt} now={now} /> },
        {
          header: "Last used",
          cell: ({ lastUsedAt }) => (lastUsedAt ? <Age at={lastUsedAt} now={now} /> : <span class="muted">never</span>),
        },
        { header: "Made", cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
      ]}
    />
  );
}

function KeyState({ revokedAt, now }: { revokedAt: Date | null; now: Date }) {
  if (revokedAt === null)
    return (
      <Badge tone="good" icon="check">
        Accepted
      </Badge>
    );
  return revokedAt > now ? (
    <Badge tone="warn" icon="clock">
      Being replaced
    </Badge>
  ) : (
    <Badge tone="neutral" icon="cross">
      Revoked
    </Badge>
  );
}
