import type { DeadLetter } from "@payonce/db/operations";
import { type Column, DataTable } from "../elements/data-table.tsx";
import { Money } from "../elements/money.tsx";
import { MayHaveCharged } from "../elements/payment-status.tsx";
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
  return (
    <DataTable
      caption={caption}
      isCaptionHidden
      rows={deadLetters}
      rowKey={({ id }) => id}
      columns={chooseAs ? [choice, ...columns(now)] : columns(now)}
    />
  );
}

const columns = (now: Date): Column<DeadLetter>[] => [
  {
    header: "Payment",
    cell: ({ id }) => (
      <a class="id-link" href={`/payments/${id}`}>
        {id}
      </a>
    ),
    isRowHeader: true,
  },
  { header: "Amount", cell: (deadLetter) => <Money {...deadLetter} />, isNumber: true },
  { header: "Charged?", cell: ({ outcomeUnknown }) => <MayHaveCharged outcomeUnknown={outcomeUnknown} /> },
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
