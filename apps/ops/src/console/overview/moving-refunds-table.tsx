import type { RefundState } from "@payonce/domain";
import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { refundLabel } from "../elements/refund-status.tsx";
import type { Standing } from "./read-standing.ts";

const STATES: readonly RefundState[] = ["queued", "refunding", "retry_wait", "unknown", "pending"];

export function MovingRefundsTable({ moving }: { moving: Standing["refunds"]["moving"] }) {
  return (
    <section class="card" aria-labelledby="moving-refunds-heading">
      <h2 id="moving-refunds-heading">Refunds under way</h2>
      <DataTable
        caption="Refunds under way, by state"
        isCaptionHidden
        isNarrow
        rows={STATES}
        rowKey={(state) => state}
        columns={[
          {
            header: "State",
            cell: (state) => (
              <a id={`moving-refunds-${state}`} href={`/refunds?status=${state}`}>
                {refundLabel(state)}
              </a>
            ),
            isRowHeader: true,
          },
          { header: "Refunds", cell: (state) => formatCount(moving.byState[state] ?? 0), isNumber: true },
        ]}
      />
    </section>
  );
}
