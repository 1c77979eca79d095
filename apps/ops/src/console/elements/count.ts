/** `1,234`; with a plus where the counting stopped. */
export function formatCount(count: number, isMore = false): string {
  return `${count.toLocaleString("en-US")}${isMore ? "+" : ""}`;
}

/** `1 payment`, `2 payments`, `10,000+ payments`. */
export function countOf(count: number, one: string, many: string, isMore = false): string {
  return `${formatCount(count, isMore)} ${count === 1 ? one : many}`;
}
