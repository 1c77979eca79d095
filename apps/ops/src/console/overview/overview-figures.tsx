import type { PaymentState } from "@payonce/domain";
import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { Icon } from "../elements/icon.tsx";
import { statusLabel } from "../elements/payment-status.tsx";
import { Time } from "../elements/time.tsx";
import { ChargerTable } from "./charger-table.tsx";
import { type Concern, findConcerns } from "./find-concerns.ts";
import { MovingRefundsTable } from "./moving-refunds-table.tsx";
import { QueueTable } from "./queue-table.tsx";
import type { Standing } from "./read-standing.ts";
import { Tiles } from "./tiles.tsx";

/** The part of the overview that is fetched again and again. */
export function OverviewFigures({ standing }: { standing: Standing }) {
  const { overview, chargers, queues } = standing;
  return (
    <>
      <p class="as-of">
        As of <Time at={overview.at} />
      </p>
      <Concerns concerns={findConcerns(standing)} />
      <Tiles {...standing} />
      <div class="columns">
        <MovingTable moving={overview.moving} />
        <MovingRefundsTable moving={standing.refunds.moving} />
      </div>
      <QueueTable queues={queues} />
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

const MOVING_STATES: readonly PaymentState[] = ["queued", "charging", "retry_wait", "unknown"];

function MovingTable({ moving }: { moving: Standing["overview"]["moving"] }) {
  return (
    <section class="card" aria-labelledby="moving-heading">
      <h2 id="moving-heading">Payments under way</h2>
      <DataTable
        caption="Payments under way, by state"
        isCaptionHidden
        isNarrow
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
