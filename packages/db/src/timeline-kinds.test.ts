import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { HIDDEN_KINDS, INTERNAL_CODES, PAYMENT_STATES, REFUND_STATES, TIMELINE_KINDS } from "@payonce/domain";
import { refundKind } from "./refunds/timeline-kind.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Every statement that writes to the timeline, wherever in the code base: its file, and the values it writes. */
function timelineWrites(): { file: string; kind: string; code: string }[] {
  const files = ["packages", "apps"].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) => {
      const src = join(folder, name, "src");
      return readdirSync(join(root, src), { recursive: true, encoding: "utf8" }).map((file) => join(src, file));
    }),
  );
  return files
    .filter((file) => file.endsWith(".ts") && !/test|generated/.test(file))
    .flatMap((file) => writesOf(readFileSync(join(root, file), "utf8")).map((write) => ({ file, ...write })));
}

function writesOf(source: string): { kind: string; code: string }[] {
  const sql = source.replace(/\$\{refundKind\("([^"]+)"\)\}/g, (_, status) => refundKind(status));
  return [...sql.matchAll(/INSERT INTO timeline\s*\(([^)]*)\)([^`]*)/g)].flatMap(([, columns = "", rest = ""]) => {
    const names = columns.split(",").map((name) => name.trim());
    const selects = upToClosing(rest).split(/\bUNION ALL\b/);
    return selects.map((select) => {
      const values = topLevel(/\bSELECT\b([\s\S]*?)\bFROM\b/.exec(select)?.[1] ?? "");
      return { kind: values[names.indexOf("kind")] ?? "", code: values[names.indexOf("code")] ?? "" };
    });
  });
}

/** The text up to the bracket that closes what the text is in. */
function upToClosing(text: string): string {
  let depth = 0;
  for (const [i, character] of [...text].entries()) {
    if (character === "(") depth += 1;
    if (character === ")" && --depth < 0) return text.slice(0, i);
  }
  return text;
}

/** A list's items: the commas within brackets are theirs. */
function topLevel(list: string): string[] {
  const items = [""];
  let depth = 0;
  for (const character of list) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) items.push("");
    else items[items.length - 1] += character;
  }
  return items.map((item) => item.trim());
}

/** What a kind's expression can come to: its literals, and every state where it is a status. */
function kindsOf(expression: string): string[] {
  const prefix = /^'(\w+)' \|\|/.exec(expression)?.[1] ?? "";
  const literals = [...expression.matchAll(/(?:THEN|ELSE|^)\s*'(\w+)'/g)].map(([, literal]) => literal ?? "");
  const named = [...expression.matchAll(/WHEN\s*'(\w+)'/g)].map(([, state]) => state);
  const isStatus = /^(\w+\.)?status$|(?:THEN|ELSE)\s+(\w+\.)?status\b/.test(expression);
  const states: readonly string[] = prefix ? REFUND_STATES : PAYMENT_STATES;
  const others = isStatus ? states.filter((state) => !named.includes(state)) : [];
  return [...literals.filter((literal) => literal !== prefix), ...others].map((kind) => `${prefix}${kind}`);
}

const writes = timelineWrites();

describe("what is written to the timeline", () => {
  test("is found by this test", () => {
    expect(writes.length).toBeGreaterThan(15);
    // A form that it cannot read must not pass for one without a kind.
    expect(writes.filter(({ kind }) => kindsOf(kind).length === 0)).toEqual([]);
  });

  test("has kinds that are either shown to merchants, or hidden on purpose", () => {
    const written = new Set(writes.flatMap(({ kind }) => kindsOf(kind)));
    const known = [...TIMELINE_KINDS, ...HIDDEN_KINDS];
    expect([...written].filter((kind) => !known.includes(kind))).toEqual([]);
    // And none is kept in the lists that is not written any more.
    expect(known.filter((kind) => !written.has(kind))).toEqual([]);
  });

  test("has codes that are an attempt's, or ours and not shown", () => {
    const codes = writes.flatMap(({ code }) => [...code.matchAll(/^'(\w+)'$/g)].map(([, literal]) => literal ?? ""));
    expect([...new Set(codes)].sort()).toEqual([...INTERNAL_CODES].sort());
  });
});
