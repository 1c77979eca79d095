/** Data as it is kept, for whoever has to argue with the provider. Its lines wrap, so that nothing scrolls by itself. */
export function JsonBlock({ value }: { value: unknown }) {
  return <pre class="json">{JSON.stringify(value, null, 2)}</pre>;
}
