import type { PaymentState } from "@payonce/domain";
import type { ComponentChildren } from "preact";
import { Badge } from "../elements/badge.tsx";
import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { Icon } from "../elements/icon.tsx";
import { statusLabel } from "../elements/payment-status.tsx";
import { Age, describeSeconds, Time } from "../elements/time.tsx";
import type { QueueCounts } from "../queue-reader.ts";
import { type Concern, findConcerns } from "./find-concerns.ts";
import type { Standing } from "./read-standing.ts";

/** The part of the overview that is fetched again and again. */
export function OverviewFigures({ standing }: { standing: Standing }) {
  const { overview, chargers, queues } = standing;
  return (
    <>
      <p class="as-of">
        As of <Time at={overview.at} />
      </p>
      <Concerns concerns={findConcerns(standing)} />
      <div class="tiles">
        <DeadLetterTile {...overview.deadLetters} />
        <Tile id="anomalies" title="Open anomalies" href="/anomalies" linkText="Show anomalies">
          <Figure {...overview.openAnomalies} />
          <p class="tile-note">{oldest(overview.openAnomalies.oldestAgeSeconds)}</p>
        </Tile>
        <OldestUnknownTile oldestUnknown={overview.oldestUnknown} />
        <Tile id="outbox" title="Outbox">
          <Figure {...overview.outbox} />
          <p class="tile-note">
            {overview.outbox.oldestAgeSeconds === null
              ? "Everything is published."
              : `Not yet published. ${oldest(overview.outbox.oldestAgeSeconds)}`}
          </p>
        </Tile>
      </div>
      <div class="columns">
        <MovingTable moving={overview.moving} />
        <QueueTable queues={queues} />
      </div>
      <ChargerTable chargers={chargers} now={overview.at} />
    </>
  );
}

function Concerns({ concerns }: { concerns: readonly Concern[] }) {
  return (
    <section class="concerns" aria-labelledby="concerns-heading">
      <h2 id="concerns-heading" class="visually-hidden">
        What needs a person
      </h2>
      {concerns.length === 0 ? (
        <p class="concern is-good">
          <Icon name="check" />
          <span>Nothing needs you.</span>
        </p>
      ) : (
        <ul>
          {concerns.map(({ tone, text, href, linkText }, index) => (
            <li key={text} class={`concern is-${tone}`}>
              <Icon name={tone === "info" ? "info" : "alert"} />
              <span>{text}</span>
              <a id={`concern-${index}`} href={href}>
                {linkText}
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
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
          ? "None."
          : `${formatCount(outcomeUnknown)} may have been charged, ${formatCount(count - outcomeUnknown)} not. ${oldest(oldestAgeSeconds)}`}
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

const MOVING_STATES: readonly PaymentState[] = ["queued", "charging", "retry_wait", "unknown"];

function MovingTable({ moving }: { moving: Standing["overview"]["moving"] }) {
  return (
    <section class="card" aria-labelledby="moving-heading">
      <h2 id="moving-heading">Payments under way</h2>
      <DataTable
        caption="Payments under way, by state"
        isCaptionHidden
        rows={MOVING_STATES}
        rowKey={(state) => state}
        columns={[
          {
            header: "State",
            cell: (state) => (
              <a id={`moving-${state}`} href={`/payments?status=${state}`}>
                {statusLabel(state)}
              </a>
            ),
            isRowHeader: true,
          },
          { header: "Payments", cell: (state) => formatCount(moving.byState[state] ?? 0), isNumber: true },
        ]}
      />
      {moving.isMore && (
        <p class="hint">{`There are more: those ${formatCount(moving.count)} that are due first are counted.`}</p>
      )}
    </section>
  );
}

function QueueTable({ queues }: { queues: readonly QueueCounts[] | null }) {
  const column = (header: string, state: string) => ({
    header,
    cell: ({ counts }: QueueCounts) => formatCount(counts[state] ?? 0),
    isNumber: true,
  });
  return (
    <section class="card" id="queues" aria-labelledby="queues-heading">
      <h2 id="queues-heading">BullMQ queues</h2>
      {queues === null ? (
        <p class="away">
          <Icon name="alert" />
          Redis is away: how many jobs wait is not known. No payment is lost; missing jobs are made anew.
        </p>
      ) : (
        <DataTable
          caption="Jobs in BullMQ's queues, by state"
          isCaptionHidden
          rows={queues}
          rowKey={({ name }) => name}
          columns={[
            { header: "Queue", cell: (queue) => <QueueName {...queue} />, isRowHeader: true },
            column("Waiting", "waiting"),
            column("Active", "active"),
            column("Delayed", "delayed"),
            column("Failed", "failed"),
            column("Completed", "completed"),
          ]}
        />
      )}
    </section>
  );
}

function QueueName({ name, isPaused }: QueueCounts) {
  return (
    <>
      <a id={`queue-${name}`} href={`/queues/queue/${name}`}>
        {name}
      </a>
      {isPaused && (
        <>
          {" "}
          <Badge tone="warn" icon="pause">
            Paused
          </Badge>
        </>
      )}
    </>
  );
}

const BREAKERS = {
  closed: { label: "Closed: the provider answers", tone: "good", icon: "check" },
  half_open: { label: "Half open: one payment is tried", tone: "warn", icon: "question" },
  open: { label: "Open: the provider is out of order", tone: "bad", icon: "cross" },
} as const;

function ChargerTable({ chargers, now }: { chargers: Standing["chargers"]; now: Date }) {
  return (
    <section class="card" id="chargers" aria-labelledby="chargers-heading">
      <h2 id="chargers-heading">Chargers</h2>
      {chargers.length === 0 ? (
        <p class="away">
          <Icon name="alert" />
          No charger has reported for 30 s.
        </p>
      ) : (
        <DataTable
          caption="Chargers that have reported within 30 s"
          isCaptionHidden
          rows={chargers}
          rowKey={({ id }) => id}
          columns={[
            { header: "Charger", cell: ({ id }) => <code>{id}</code>, isRowHeader: true },
            {
              header: "Breaker to the provider",
              cell: ({ breaker }) => (
                <Badge tone={BREAKERS[breaker].tone} icon={BREAKERS[breaker].icon}>
                  {BREAKERS[breaker].label}
                </Badge>
              ),
            },
            { header: "In this state since", cell: ({ breakerSince }) => <Age at={breakerSince} now={now} /> },
            { header: "Started", cell: ({ startedAt }) => <Age at={startedAt} now={now} /> },
            { header: "Version", cell: ({ version }) => version },
          ]}
        />
      )}
    </section>
  );
}
