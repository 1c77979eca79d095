const ORDER = /^demo_[0-9a-z]{20}$/;

/** The order that the address names; a new one where it names none, and from then on it does. */
export function orderOfPage(): string {
  const url = new URL(location.href);
  const named = url.searchParams.get("order");
  if (named && ORDER.test(named)) return named;
  const digits = crypto.getRandomValues(new Uint8Array(20));
  const order = `demo_${Array.from(digits, (digit) => (digit % 36).toString(36)).join("")}`;
  url.search = `?order=${order}`;
  history.replaceState(null, "", url);
  return order;
}
