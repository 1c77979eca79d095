/** What an action changed: each value that differs, as it was and as it became. */
export function Changes({
  before,
  after,
}: {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter((name) => show(before?.[name]) !== show(after?.[name]));
  if (changed.length === 0) return <p class="muted">Changed nothing by itself.</p>;
  return (
    <ul class="changes">
      {changed.map((name) => (
        <li key={name}>
          <span class="change-name">{name.replaceAll("_", " ")}</span>{" "}
          {before && Object.hasOwn(before, name) && (
            <>
              <del>{show(before[name])}</del> <span aria-hidden="true">→</span>{" "}
            </>
          )}
          <ins>{show(after?.[name])}</ins>
        </li>
      ))}
    </ul>
  );
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
