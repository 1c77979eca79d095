export interface Counts {
  clicks: number;
  requests: number;
}

/** Counts what was done for an order, in all tabs and over reloads. */
export function createCounters(order: string, show: (counts: Counts) => void) {
  const name = `counts:${order}`;
  let counts: Counts = { clicks: 0, requests: 0 };
  const read = () => {
    try {
      counts = { ...counts, ...JSON.parse(localStorage.getItem(name) ?? "{}") };
    } catch {
      // Where nothing is kept, this tab counts for itself.
    }
    show(counts);
  };
  read();
  return {
    read,
    add(what: keyof Counts) {
      read();
      counts[what]++;
      try {
        localStorage.setItem(name, JSON.stringify(counts));
      } catch {}
      show(counts);
    },
    forget: () => localStorage.removeItem(name),
  };
}
