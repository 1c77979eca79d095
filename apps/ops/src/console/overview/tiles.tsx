import type { ComponentChildren } from "preact";
import { formatCount } from "../elements/count.ts";
import { describeSeconds, Time } from "../elements/time.tsx";
import type { Standing } from "./read-standing.ts";

/** The figures that matter most, each with where it leads. */
export function Tiles({ overview, refunds, webhooks }: Pick<Standing, "overview" | "refunds" | "webhooks">) {
  const { deadLetters, openAnomalies, oldestUnknown, outbox } = overview;
  return (
    <div class="tiles">
      <DeadLetterTile {...deadLetters} />
      <Tile id="anomalies" title="Open anomalies" href="/anomalies" linkText="Show anomalies">
        <Figure {...openAnomalies} />
        <p class="tile-note">{oldest(openAnomalies.oldestAgeSeconds)}</p>
      </Tile>
      <OldestUnknownTile oldestUnknown={oldestUnknown} />
      <Tile id="outbox" title="Outbox">
        <Figure {...outbox} />
        <p class="tile-note">
          {outbox.oldestAgeSeconds === null
            ? "Everything is published."
            : `Not yet published. ${oldest(outbox.oldestAgeSeconds)}`}
        </p>
      </Tile>
      <RefundTile {...refunds} />
      <WebhookTile {...webhooks} />
    </div>
  );
}

interface TileProps {
  id: string;
  title: string;
  href?: string;
  linkText?: string;
  children: ComponentChildren;
}

function Tile({ id, title, href, linkText, children }: TileProps) {
  return (
    <section class="tile" id={id} aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`}>{title}</h2>
      {children}
      {href && (
        <a id={`${id}-link`} class="tile-link" href={href}>
          {linkText}
        </a>
      )}
    </section>
  );
}

function Figure({ count, isMore }: { count: number; isMore: boolean }) {
  return (
    <p class="figure">
      {formatCount(count, isMore)}
      {isMore && <span class="visually-hidden"> or more</span>}
    </p>
  );
}

function DeadLetterTile(deadLetters: Standing["overview"]["deadLetters"]) {
  const { count, isMore, outcomeUnknown, oldestAgeSeconds } = deadLetters;
  return (
    <Tile id="dead-letters" title="Dead letters" href="/dead-letters" linkText="Show dead letters">
      <Figure count={count} isMore={isMore} />
      <p class="tile-note">
        {count === 0
          ? "None of payments."
          : `Payments: ${formatCount(outcomeUnknown)} may have been charged, ${formatCount(count - outcomeUnknown)} not. ${oldest(oldestAgeSeconds)}`}
      </p>
    </Tile>
  );
}

function RefundTile({ moving, deadLetters }: Standing["refunds"]) {
  const unknown = moving.byState.unknown ?? 0;
  const dead = deadLetters.count;
  return (
    <Tile id="refunds" title="Refunds" href="/dead-letters?kind=refund" linkText="Show dead letters of refunds">
      <Figure {...moving} />
      <p class="tile-note">
        {`Under way, ${formatCount(unknown)} of them with an unknown outcome. Dead letters: ${dead === 0 ? "none" : formatCount(dead, deadLetters.isMore)}${dead > 0 ? `, of which ${formatCount(deadLetters.outcomeUnknown)} may have gone back` : ""}.`}
      </p>
    </Tile>
  );
}

function WebhookTile({ outbox, waiting, deadLetters, disabledEndpoints }: Standing["webhooks"]) {
  const events =
    outbox.count === 0 ? "" : ` ${formatCount(outbox.count, outbox.isMore)} events are not turned into deliveries yet.`;
  return (
    <Tile id="webhooks" title="Webhooks on their way" href="/webhooks" linkText="Show endpoints">
      <Figure {...waiting} />
      <p class="tile-note">
        {`Given up: ${formatCount(deadLetters.count, deadLetters.isMore)}. Endpoints disabled: ${formatCount(disabledEndpoints.count, disabledEndpoints.isMore)}.${events}`}
      </p>
    </Tile>
  );
}

function OldestUnknownTile({ oldestUnknown }: Pick<Standing["overview"], "oldestUnknown">) {
  if (!oldestUnknown)
    return (
      <Tile id="unknown" title="Oldest unknown outcome">
        <p class="figure">None</p>
        <p class="tile-note">Of every payment under way it is known whether money moved.</p>
      </Tile>
    );
  const { id, ageSeconds, nextActionAt } = oldestUnknown;
  return (
    <Tile id="unknown" title="Oldest unknown outcome" href={`/payments/${id}`} linkText="Show this payment">
      <p class="figure">{describeSeconds(ageSeconds)}</p>
      <p class="tile-note">
        Since the payment was made. The provider is asked again at <Time at={nextActionAt} />.
      </p>
    </Tile>
  );
}

function oldest(ageSeconds: number | null): string {
  return ageSeconds === null ? "None." : `The oldest for ${describeSeconds(ageSeconds)}.`;
}
