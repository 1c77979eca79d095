import { ENDPOINT_COUNT_LIMIT, type OperatedEndpoint } from "@payonce/db/operations";
import { Badge } from "../elements/badge.tsx";
import { formatCount } from "../elements/count.ts";
import { type Column, DataTable } from "../elements/data-table.tsx";
import { Age } from "../elements/time.tsx";

export interface EndpointTableProps {
  endpoints: readonly OperatedEndpoint[];
  now: Date;
  /** Left out where all are one merchant's. */
  isWithMerchant?: boolean;
}

export function EndpointTable({ endpoints, now, isWithMerchant = true }: EndpointTableProps) {
  const merchant: Column<OperatedEndpoint> = {
    header: "Merchant",
    cell: ({ merchantId, merchantName }) => <a href={`/merchants/${merchantId}`}>{merchantName}</a>,
  };
  return (
    <DataTable
      caption="Webhook endpoints, the newest first"
      isCaptionHidden
      rows={endpoints}
      rowKey={({ id }) => id}
      columns={[
        {
          header: "Endpoint",
          isWide: true,
          isRowHeader: true,
          cell: ({ id, url }) => (
            <a class="breakable" href={`/webhook-endpoints/${id}`}>
              {url}
            </a>
          ),
        },
        ...(isWithMerchant ? [merchant] : []),
        { header: "State", cell: (endpoint) => <EndpointStatus {...endpoint} /> },
        { header: "Waiting", cell: ({ waiting }) => countUpTo(waiting), isNumber: true },
        { header: "Given up", cell: ({ deadLettered }) => countUpTo(deadLettered), isNumber: true },
        { header: "Held", cell: ({ held }) => countUpTo(held), isNumber: true },
        {
          header: "Last success",
          cell: ({ lastSuccessAt }) =>
            lastSuccessAt ? <Age at={lastSuccessAt} now={now} /> : <span class="muted">none</span>,
        },
      ]}
    />
  );
}

export function countUpTo(count: number): string {
  return formatCount(count, count === ENDPOINT_COUNT_LIMIT);
}

const REASONS: Record<string, string> = {
  merchant: "Disabled by the merchant",
  operator: "Disabled by an operator",
  gone: "Disabled: it said it is gone",
  failing: "Disabled: nothing got through",
};

/** Whether an endpoint is told of events, and whether that gets through, in plain words. */
export function EndpointStatus({
  status,
  disabledReason,
  failingSince,
}: Pick<OperatedEndpoint, "status" | "disabledReason" | "failingSince">) {
  if (status === "disabled")
    return (
      <Badge tone="bad" icon="cross">
        {REASONS[disabledReason ?? ""] ?? "Disabled"}
      </Badge>
    );
  return failingSince ? (
    <Badge tone="warn" icon="alert">
      Failing
    </Badge>
  ) : (
    <Badge tone="good" icon="check">
      Enabled
    </Badge>
  );
}
