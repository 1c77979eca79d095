import { Badge } from "../elements/badge.tsx";
import { DataTable } from "../elements/data-table.tsx";
import { Icon } from "../elements/icon.tsx";
import { Age } from "../elements/time.tsx";
import type { Standing } from "./read-standing.ts";

const BREAKERS = {
  closed: { label: "Closed: the provider answers", tone: "good", icon: "check" },
  half_open: { label: "Half open: one payment is tried", tone: "warn", icon: "question" },
  open: { label: "Open: the provider is out of order", tone: "bad", icon: "cross" },
} as const;

/** The chargers that are alive, each with its breaker. */
export function ChargerTable({ chargers, now }: { chargers: Standing["chargers"]; now: Date }) {
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
