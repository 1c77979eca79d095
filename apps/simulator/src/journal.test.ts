import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openJournal } from "./journal.ts";

describe("journal", () => {
  let dir: string;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "journal-"));
    path = join(dir, "new", "journal.jsonl");
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function readBack(): unknown[] {
    const entries: unknown[] = [];
    openJournal(path, (entry) => entries.push(entry)).close();
    return entries;
  }

  function write(...entries: unknown[]): void {
    const journal = openJournal(path, () => undefined);
    for (const entry of entries) journal.append(entry);
    journal.close();
  }

  it("hands back what was appended, oldest first, also lines longer than one read", () => {
    const long = { text: "€".repeat(900_000) };
    write({ n: 1 }, long, { n: 2 });
    expect(readBack()).toEqual([{ n: 1 }, long, { n: 2 }]);
  });

  it("has an entry on disk when append returns, without being closed", () => {
    const journal = openJournal(path, () => undefined);
    journal.append({ n: 1 });
    expect(readFileSync(path, "utf8")).toBe('{"n":1}\n');
    journal.close();
  });

  it("cuts off a torn last line and goes on after the last whole one", () => {
    write({ n: 1 });
    appendFileSync(path, '{"n":2,"torn":"in the midd');
    expect(readBack()).toEqual([{ n: 1 }]);
    write({ n: 3 });
    expect(readFileSync(path, "utf8")).toBe('{"n":1}\n{"n":3}\n');
  });

  it("refuses to open over an unreadable line that is not the last, and says where it is", () => {
    write({ n: 1 });
    writeFileSync(path, '{"n":1}\nnot json\n{"n":2}\n');
    expect(() => readBack()).toThrow(/journal\.jsonl line 2: /);
  });

  it("writes nowhere once it is closed, whatever file has its number then", () => {
    const journal = openJournal(path, () => undefined);
    journal.close();
    const other = openJournal(join(dir, "other.jsonl"), () => undefined);
    expect(() => journal.append({ n: 1 })).toThrow("is closed");
    other.close();
    expect(readFileSync(join(dir, "other.jsonl"), "utf8")).toBe("");
  });
});
