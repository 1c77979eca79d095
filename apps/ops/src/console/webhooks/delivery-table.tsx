import type { OperatedDelivery } from "@payonce/db/operations";
import { DataTable } from "../elements/data-table.tsx";
import { DeliveryStatus } from "../elements/delivery-status.tsx";
import { Age } from "../elements/time.tsx";
import { deliveryDeadWords } from "../elements/words.ts";

export function DeliveryTable({ deliveries, now }: { deliveries: readonly OperatedDelivery[]; now: Date }) {
  return (
    <DataTable
      caption="Deliveries, the newest first"
      isCaptionHidden
      rows={deliveries}
      rowKey={({ id }) => id}
      columns={[
        {
          header: "Event",
          isRowHeader: true,
          isWide: true,
          cell: ({ id, eventType }) => <a href={`/webhook-deliveries/${id}`}>{eventType}</a>,
        },
        {
          header: "State",
          cell: ({ status, deadLetterReason }) => (
            <>
              <DeliveryStatus status={status} />
              {deadLetterReason && <span class="sub">{deliveryDeadWords(deadLetterReason)}</span>}
            </>
          ),
        },
        { header: "Attempts", cell: ({ attempts }) => attempts, isNumber: true },
        {
          header: "Last answer",
          cell: ({ lastError, lastHttpStatus }) =>
            lastError ? <code>{lastError}</code> : (lastHttpStatus ?? <span class="muted">none yet</span>),
        },
        { header: "Made", cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
      ]}
    />
  );
}
