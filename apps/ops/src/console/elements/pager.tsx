import { Icon } from "./icon.tsx";

/** From a list's page to the next older one, and back to its start. */
export function Pager({
  firstHref,
  nextHref,
  isFirst,
}: {
  firstHref: string;
  nextHref: string | null;
  isFirst: boolean;
}) {
  if (isFirst && nextHref === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!isFirst && (
        <a class="button" href={firstHref}>
          Newest
        </a>
      )}
      {nextHref !== null && (
        <a class="button" href={nextHref} rel="next">
          Older
          <Icon name="arrow" />
        </a>
      )}
    </nav>
  );
}
