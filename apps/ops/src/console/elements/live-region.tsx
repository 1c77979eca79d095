import type { ComponentChildren } from "preact";

export interface LiveRegionProps {
  id: string;
  /** Answers with the region's content. */
  href: string;
  everySeconds: number;
  /** False when the reader has stopped it. */
  isLive: boolean;
  children: ComponentChildren;
}

/**
 * A part of a page that is fetched again and again. Without script it stays as it was loaded. The figures are not read out
 * each time they change; that they are old is, by the line below.
 */
export function LiveRegion({ id, href, everySeconds, isLive, children }: LiveRegionProps) {
  if (!isLive) return <div id={id}>{children}</div>;
  const words = `${id}-stale`;
  return (
    <>
      <p
        id={words}
        class="stale-words"
        role="status"
        data-stale="The console does not answer: the figures below are old. Trying again."
      />
      <div id={id} data-live={words} hx-get={href} hx-trigger={`every ${everySeconds}s, refresh`} hx-swap="innerHTML">
        {children}
      </div>
    </>
  );
}
