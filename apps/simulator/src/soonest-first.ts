type Timed = {
  /** ISO 8601, UTC. */
  readonly at: string;
};

/** What is still to come, the soonest first. */
export type SoonestFirst<T extends Timed> = {
  add(item: T): void;
  first(): T | undefined;
  removeFirst(): void;
  /** How long until the first; 0 where it is overdue, undefined where there is none. */
  firstInMs(now: Date): number | undefined;
};

export function createSoonestFirst<T extends Timed>(): SoonestFirst<T> {
  const items: T[] = [];
  return {
    add(item) {
      let position = items.length;
      // Nearly always the last: the delays are the same for all.
      while (position > 0 && (items[position - 1]?.at ?? "") > item.at) position -= 1;
      items.splice(position, 0, item);
    },
    first: () => items[0],
    removeFirst: () => void items.shift(),
    firstInMs(now) {
      const first = items[0];
      return first && Math.max(Date.parse(first.at) - now.getTime(), 0);
    },
  };
}
