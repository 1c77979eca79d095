/** To the refund on the page of its payment, where it is told of. */
export function RefundLink({ id }: { id: string }) {
  return (
    <a class="id-link" href={`#${id}`}>
      {id}
    </a>
  );
}

/** What an action on a part of a payment was done to, with where that is to be seen. */
export function TargetLink({ id }: { id: string }) {
  if (id.startsWith("ref_")) return <RefundLink id={id} />;
  if (id.startsWith("whd_"))
    return (
      <a class="id-link" href={`/webhook-deliveries/${id}`}>
        {id}
      </a>
    );
  return <code>{id}</code>;
}
