import {
  ENDPOINT_TROUBLES,
  type EndpointTrouble,
  listEndpointsForOperators,
  type OperatedEndpoint,
} from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Context } from "../dependencies.ts";
import { Pager } from "../elements/pager.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { hrefWith, queryChoice, queryText, readQuery } from "../query.ts";
import { EndpointTable } from "./endpoint-table.tsx";

const webhooksQuery = z.object({
  trouble: queryChoice(ENDPOINT_TROUBLES),
  before: queryText.pipe(idSchema("whe").optional()),
});

const PAGE_SIZE = 50;

/** `GET /webhooks`: the endpoints of all merchants, or those in trouble. */
export function showWebhooks({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const { trouble, before } = readQuery(request, webhooksQuery);
    const found = await listEndpointsForOperators(pool, { trouble, before, limit: PAGE_SIZE });
    const { signedIn } = pageContext(response);
    sendPage(response, renderWebhooks({ ...found, trouble, before, now: new Date(), signedIn }));
  };
}

interface WebhooksPage {
  endpoints: readonly OperatedEndpoint[];
  hasMore: boolean;
  trouble: EndpointTrouble | undefined;
  before: string | undefined;
  now: Date;
  signedIn: SignedIn;
}

const TABS: readonly { trouble: EndpointTrouble | undefined; label: string; nothing: string }[] = [
  { trouble: undefined, label: "All", nothing: "No merchant has a webhook endpoint." },
  { trouble: "dead_letters", label: "With deliveries given up", nothing: "No delivery was given up." },
  { trouble: "failing", label: "Failing", nothing: "Every endpoint that is enabled gets its events." },
  { trouble: "disabled", label: "Disabled", nothing: "No endpoint is disabled." },
];

function renderWebhooks({ endpoints, hasMore, trouble, before, now, signedIn }: WebhooksPage): string {
  const next = hasMore ? endpoints.at(-1)?.id : undefined;
  const nothing = TABS.find((tab) => tab.trouble === trouble)?.nothing;
  return renderPage(
    { title: "Webhooks", section: "/webhooks", signedIn },
    <>
      <h1>Webhooks</h1>
      <p class="lead">
        Where merchants want to be told of events, and whether that gets through. A delivery is tried over three days;
        what is given up can be sent again.
      </p>
      <nav class="tabs" aria-label="Endpoints by trouble">
        {TABS.map((tab) => (
          <a
            key={tab.label}
            href={hrefWith("/webhooks", { trouble: tab.trouble })}
            aria-current={tab.trouble === trouble ? "page" : undefined}
          >
            {tab.label}
          </a>
        ))}
      </nav>
      {endpoints.length === 0 ? <p class="card empty">{nothing}</p> : <EndpointTable endpoints={endpoints} now={now} />}
      <Pager
        firstHref={hrefWith("/webhooks", { trouble })}
        nextHref={next === undefined ? null : hrefWith("/webhooks", { trouble, before: next })}
        isFirst={before === undefined}
      />
    </>,
  );
}
