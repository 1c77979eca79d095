/** A time as ISO 8601 in UTC, to the second; `isPrecise` to the millisecond, where the order of things matters. */
export function Time({ at, isPrecise = false }: { at: Date; isPrecise?: boolean }) {
  const iso = at.toISOString();
  return (
    <time class="time" datetime={iso}>
      {isPrecise ? iso : toSeconds(at)}
    </time>
  );
}

/** A time, and how long ago that is or how long until then. */
export function TimeAndAge({ at, now }: { at: Date; now: Date }) {
  return (
    <>
      <Time at={at} /> <span class="age">({describeDistance(at, now)})</span>
    </>
  );
}

/** Roughly how long ago, with the time itself for whoever points at it. For lists. */
export function Age({ at, now }: { at: Date; now: Date }) {
  const seconds = Math.max((now.getTime() - at.getTime()) / 1_000, 0);
  return (
    <time class="age" datetime={at.toISOString()} title={toSeconds(at)}>
      {seconds < 1 ? "now" : `${describeRoughly(seconds)} ago`}
    </time>
  );
}

export function toSeconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** `12 min ago`, `in 3 h 20 min`, `now`. */
export function describeDistance(at: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1_000);
  if (seconds === 0) return "now";
  return seconds > 0 ? `${describeSeconds(seconds)} ago` : `in ${describeSeconds(-seconds)}`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `5 d 2 h`: two units at the most, rounded down. */
export function describeSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.max(Math.floor(seconds), 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return twoUnits(hours, "h", minutes % 60, "min");
  return twoUnits(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** `45 s`, `12 min`, `3 h`, `5 d`: rounded down. */
function describeRoughly(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
