type Values = Record<string, unknown> | null;

/** Longer values are folded: a selection can name thousands of payments. */
const FOLDED_LENGTH = 120;
const SHOWN_LENGTH = 2_000;

/** What an action changed: each value as it was and as it became. What it only says about before is not said to be gone. */
export function Changes({ before, after }: { before: Values; after: Values }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter((name) => toText(before, name) !== toText(after, name));
  if (changed.length === 0) return <p class="muted">Changed nothing by itself.</p>;
  return (
    <ul class="changes">
      {changed.map((name) => (
        <li key={name}>
          <span class="change-name">{name.replaceAll("_", " ")}</span>{" "}
          <Change before={toText(before, name)} after={toText(after, name)} />
        </li>
      ))}
    </ul>
  );
}

function Change({ before, after }: { before: string | undefined; after: string | undefined }) {
  return (
    <>
      {before !== undefined && (
        <>
          <span class={after === undefined ? undefined : "visually-hidden"}>was </span>
          <Value text={before} isOld />
        </>
      )}
      {before !== undefined && after !== undefined && (
        <>
          <span aria-hidden="true"> → </span>
          <span class="visually-hidden"> became </span>
        </>
      )}
      {after !== undefined && <Value text={after} />}
    </>
  );
}

function Value({ text, isOld = false }: { text: string; isOld?: boolean }) {
  if (text.length <= FOLDED_LENGTH) return <span class={isOld ? "was" : "is"}>{text}</span>;
  const isCut = text.length > SHOWN_LENGTH;
  return (
    <details>
      <summary>{`${text.slice(0, 60)}…`}</summary>
      {isCut ? `${text.slice(0, SHOWN_LENGTH)}… (${text.length} characters)` : text}
    </details>
  );
}

/** Undefined where nothing is said about it. */
function toText(values: Values, name: string): string | undefined {
  const value = values?.[name];
  if (value === undefined) return undefined;
  if (value === null) return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
