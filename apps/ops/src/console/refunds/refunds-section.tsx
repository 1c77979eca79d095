import type { EvidencedPayment, EvidencedRefund } from "@payonce/db/operations";
import { DetailsList } from "../elements/details-list.tsx";
import type { FormFailure } from "../elements/form-failure.ts";
import { JsonBlock } from "../elements/json-block.tsx";
import { Money } from "../elements/money.tsx";
import { MayHaveGone, RefundStatus } from "../elements/refund-status.tsx";
import { TimeAndAge } from "../elements/time.tsx";
import { deadLetterMeaning, refundReasonWords } from "../elements/words.ts";
import { RefundForms } from "./refund-forms.tsx";

export interface RefundsProps {
  payment: EvidencedPayment;
  refunds: readonly EvidencedRefund[];
  now: Date;
  mayAct: boolean;
  csrf: string;
  failure?: FormFailure | undefined;
}

/** A payment's refunds, the newest first, each with what may be done about it. Nothing where there is none. */
export function Refunds(props: RefundsProps) {
  const { refunds } = props;
  if (refunds.length === 0) return null;
  return (
    <section class="card" id="refunds" aria-labelledby="refunds-heading">
      <h2 id="refunds-heading">Refunds</h2>
      {refunds.toReversed().map((refund) => (
        <Refund key={refund.id} {...props} refund={refund} />
      ))}
    </section>
  );
}

function Refund({ refund, payment, now, mayAct, csrf, failure }: RefundsProps & { refund: EvidencedRefund }) {
  const { id, status, outcomeUnknown, deadLetterReason, failureCode } = refund;
  return (
    <article class="refund" id={id} aria-labelledby={`${id}-heading`}>
      <h3 id={`${id}-heading`}>
        <Money amountMinor={refund.amountMinor} currency={payment.currency} /> <code class="id">{id}</code>
      </h3>
      <p class="badges">
        <RefundStatus status={status} />
        {(status === "dead_lettered" || status === "refunding") && <MayHaveGone outcomeUnknown={outcomeUnknown} />}
      </p>
      {deadLetterReason && (
        <p>
          <strong>{deadLetterMeaning(deadLetterReason)}</strong>
        </p>
      )}
      <DetailsList
        entries={[
          ["Asked for", <TimeAndAge at={refund.createdAt} now={now} />],
          ["Next", refund.nextActionAt && <TimeAndAge at={refund.nextActionAt} now={now} />],
          ["Code", failureCode && <code>{failureCode}</code>],
          ["Attempts", `${refund.attempts}, ${refund.tries} of them in this round`],
          ["At the provider", refund.providerRefundId && <code>{refund.providerRefundId}</code>],
          ["Why", refund.reason && refundReasonWords(refund.reason)],
        ]}
      />
      <details>
        <summary>More</summary>
        <DetailsList
          entries={[
            ["Request last left", refund.lastSentAt && <TimeAndAge at={refund.lastSentAt} now={now} />],
            ["Last change", <TimeAndAge at={refund.updatedAt} now={now} />],
            ["Idempotency key", <code>{refund.idempotencyKey}</code>],
            ["Metadata", Object.keys(refund.metadata).length > 0 ? <JsonBlock value={refund.metadata} /> : null],
            ["Version", refund.version],
          ]}
        />
      </details>
      {mayAct && <RefundForms refund={refund} csrf={csrf} failure={failure} />}
    </article>
  );
}
