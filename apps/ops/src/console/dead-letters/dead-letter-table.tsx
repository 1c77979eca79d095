import type { DeadLetter, DeadLetterKind } from "@payonce/db/operations";
import { type Column, DataTable } from "../elements/data-table.tsx";
import { Money } from "../elements/money.tsx";
import { MayHaveCharged } from "../elements/payment-status.tsx";
import { MayHaveGone } from "../elements/refund-status.tsx";
import { Age } from "../elements/time.tsx";
import { deadLetterReasonWords } from "../elements/words.ts";

export interface DeadLetterTableProps {
  caption: string;
  deadLetters: readonly DeadLetter[];
  now: Date;
  /** With a box before each, of this name. */
  chooseAs?: string;
}

export function DeadLetterTable({ caption, deadLetters, now, chooseAs }: DeadLetterTableProps) {
  const choice: Column<DeadLetter> = {
    header: "Choose",
    isHeaderHidden: true,
    cell: ({ id }) => (
      <label class="choice is-lone">
        <input type="checkbox" name={chooseAs} value={id} aria-label={`Choose ${id}`} />
      </label>
    ),
  };
  // A list is of one kind.
  const kind = deadLetters[0]?.kind ?? "payment";
  return (
    <DataTable
      caption={caption}
      isCaptionHidden
      rows={deadLetters}
      rowKey={({ id }) => id}
      columns={chooseAs ? [choice, ...columns(now, kind)] : columns(now, kind)}
    />
  );
}

const columns = (now: Date, kind: DeadLetterKind): Column<DeadLetter>[] => [
  {
    header: kind === "payment" ? "Payment" : "Refund",
    cell: ({ id, paymentId }) => (
      <a class="id-link" href={id === paymentId ? `/payments/${id}` : `/payments/${paymentId}#${id}`}>
        {id}
      </a>
    ),
    isRowHeader: true,
  },
  { header: "Amount", cell: (deadLetter) => <Money {...deadLetter} />, isNumber: true },
  kind === "payment"
    ? { header: "Charged?", cell: ({ outcomeUnknown }) => <MayHaveCharged outcomeUnknown={outcomeUnknown} /> }
    : { header: "Gone back?", cell: ({ outcomeUnknown }) => <MayHaveGone outcomeUnknown={outcomeUnknown} /> },
  {
    header: "Why",
    isWide: true,
    cell: ({ reason, failureCode, attempts }) => (
      <>
        {deadLetterReasonWords(reason)}
        <span class="sub">
          {attempts === 1 ? "1 attempt" : `${attempts} attempts`}
          {failureCode && (
            <>
              {", at last "}
              <code>{failureCode}</code>
            </>
          )}
        </span>
      </>
    ),
  },
  {
    header: "Order",
    isWide: true,
    cell: ({ orderReference, merchantName }) => (
      <>
        {orderReference ?? <span class="muted">none</span>}
        <span class="sub">{merchantName}</span>
      </>
    ),
  },
  { header: "Dead-lettered", cell: ({ deadSince }) => <Age at={deadSince} now={now} /> },
];
