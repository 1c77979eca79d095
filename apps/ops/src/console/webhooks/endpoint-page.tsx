import { type OperatedDelivery, type OperatedEndpoint, REDELIVER_LIMIT } from "@payonce/db/operations";
import { WEBHOOK_DELIVERY_STATES, type WebhookDeliveryState } from "@payonce/domain";
import { ActionForm } from "../elements/action-form.tsx";
import { Choice } from "../elements/choice.tsx";
import { Conflict } from "../elements/conflict.tsx";
import { countOf, formatCount } from "../elements/count.ts";
import { deliveryLabel } from "../elements/delivery-status.tsx";
import { DetailsList } from "../elements/details-list.tsx";
import { Fold } from "../elements/fold.tsx";
import type { FormFailure } from "../elements/form-failure.ts";
import type { Notice } from "../elements/notice.tsx";
import { Pager } from "../elements/pager.tsx";
import { TimeAndAge } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { hrefWith } from "../query.ts";
import { DeliveryTable } from "./delivery-table.tsx";
import { countUpTo, EndpointStatus } from "./endpoint-table.tsx";

export interface EndpointPage {
  endpoint: OperatedEndpoint;
  deliveries: readonly OperatedDelivery[];
  hasMore: boolean;
  status: WebhookDeliveryState | undefined;
  before: string | undefined;
  now: Date;
  signedIn: SignedIn;
  mayAct: boolean;
  notice?: Notice | undefined;
  failure?: FormFailure | undefined;
}

export function renderEndpoint(page: EndpointPage): string {
  const { endpoint, deliveries, hasMore, status, before, now, signedIn, mayAct, notice } = page;
  const next = hasMore ? deliveries.at(-1)?.id : undefined;
  const href = `/webhook-endpoints/${endpoint.id}`;
  return renderPage(
    { title: `Webhook endpoint ${endpoint.id}`, section: "/webhooks", signedIn, notice },
    <>
      <div class="page-head">
        <h1>
          <span class="visually-hidden">Webhook endpoint </span>
          <span class="breakable">{endpoint.url}</span>
        </h1>
        <p class="muted page-about">
          <a href={`/merchants/${endpoint.merchantId}`}>{endpoint.merchantName}</a> · <code>{endpoint.id}</code>
        </p>
      </div>
      <Conflict failure={page.failure} href={href} what="endpoint" />
      <div class="payment-columns">
        <section aria-labelledby="deliveries-heading">
          <h2 id="deliveries-heading">Deliveries</h2>
          <form method="get" action={href} class="card filters">
            <Choice
              name="status"
              label="State"
              chosen={status}
              options={WEBHOOK_DELIVERY_STATES.map((value) => ({ value, label: deliveryLabel(value) }))}
            />
            <p class="actions">
              <button type="submit" class="button is-primary">
                Show
              </button>
            </p>
          </form>
          {deliveries.length === 0 ? (
            <p class="card empty">{status ? "No delivery is in this state." : "Nothing has been sent to it yet."}</p>
          ) : (
            <DeliveryTable deliveries={deliveries} now={now} />
          )}
          <Pager
            firstHref={hrefWith(href, { status })}
            nextHref={next === undefined ? null : hrefWith(href, { status, before: next })}
            isFirst={before === undefined}
          />
        </section>
        <div class="payment-side">
          <Facts endpoint={endpoint} now={now} />
          {mayAct && <Forms {...page} />}
        </div>
      </div>
    </>,
  );
}

function Facts({ endpoint, now }: Pick<EndpointPage, "endpoint" | "now">) {
  const { lastFailure } = endpoint;
  return (
    <section class="card" aria-labelledby="facts-heading">
      <h2 id="facts-heading">Endpoint</h2>
      <p class="badges">
        <EndpointStatus {...endpoint} />
      </p>
      <DetailsList
        entries={[
          ["Disabled", endpoint.disabledAt && <TimeAndAge at={endpoint.disabledAt} now={now} />],
          ["Failing since", endpoint.failingSince && <TimeAndAge at={endpoint.failingSince} now={now} />],
          ["Events", endpoint.events.includes("*") ? "All" : endpoint.events.join(", ")],
          ["Description", endpoint.description],
          ["On their way", countUpTo(endpoint.waiting)],
          ["Given up", countUpTo(endpoint.deadLettered)],
          ["Held until it is enabled", endpoint.held > 0 ? countUpTo(endpoint.held) : null],
          ["Last success", endpoint.lastSuccessAt && <TimeAndAge at={endpoint.lastSuccessAt} now={now} />],
          [
            "Last failure",
            lastFailure && (
              <>
                <TimeAndAge at={lastFailure.at} now={now} /> <code>{lastFailure.error}</code>
              </>
            ),
          ],
          ["Made", <TimeAndAge at={endpoint.createdAt} now={now} />],
          ["Last change", <TimeAndAge at={endpoint.updatedAt} now={now} />],
        ]}
      />
      <p class="hint">Last success and failure are those among its newest 200 deliveries.</p>
    </section>
  );
}

function Forms({ endpoint, signedIn: { csrf }, failure }: EndpointPage) {
  const { id, status, deadLettered } = endpoint;
  const form = { csrf, failure };
  const action = (name: string) => `/webhook-endpoints/${id}/${name}`;
  return (
    <section class="card" aria-labelledby="actions-heading">
      <h2 id="actions-heading">Actions</h2>
      {status === "enabled" && deadLettered > 0 && (
        <Fold name="redeliver" title="Send again what was given up…" failure={failure}>
          <p>
            {`${countOf(deadLettered, "delivery", "deliveries", countUpTo(deadLettered).endsWith("+"))} that ${deadLettered === 1 ? "was" : "were"} given up ${deadLettered === 1 ? "gets" : "get"} a new round of attempts, ${formatCount(REDELIVER_LIMIT)} at a time. They are sent in the background.`}
          </p>
          <ActionForm {...form} name="redeliver" action={action("redeliver")} submitLabel="Send them again" />
        </Fold>
      )}
      {status === "disabled" ? (
        <Fold name="enable" title="Enable…" failure={failure}>
          <p>It is told of events again, also of those that were kept back for it.</p>
          <ActionForm {...form} name="enable" action={action("enable")} submitLabel="Enable this endpoint" />
        </Fold>
      ) : (
        <Fold name="disable" title="Disable…" failure={failure}>
          <p>
            What happens from now on is kept back for it, until an operator or its merchant enables it. The merchant
            sees that an operator disabled it.
          </p>
          <ActionForm
            {...form}
            name="disable"
            action={action("disable")}
            submitLabel="Disable this endpoint"
            isDangerous
          />
        </Fold>
      )}
    </section>
  );
}
