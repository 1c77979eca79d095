import { expect, test } from "@jest/globals";
import { lookOf } from "./look.ts";
import { printable, printableJson } from "./printable.ts";
import { type Column, table } from "./table.ts";

interface Row {
  id: string;
  order: string | null;
  count: number;
}

const columns: Column<Row>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "ORDER", value: ({ order }) => order, isCuttable: true },
  { title: "COUNT", value: ({ count }) => count, isRight: true },
];
const elsewhere = { width: undefined, isColoured: false };
const at = (width: number) => ({ width, isColoured: false });

test("columns are aligned, also under wide characters, and what is missing is a dash", () => {
  const rows = [
    { id: "a", order: "支付订单", count: 1 },
    { id: "bcd", order: null, count: 1200 },
  ];
  expect(table(elsewhere, columns, rows)).toBe(
    ["ID   ORDER     COUNT", "a    支付订单      1", "bcd  -          1200", ""].join("\n"),
  );
});

test("a narrow terminal cuts what may be cut, and never an id", () => {
  const rows = [{ id: "pay_01m814esw7e00bgbyj9j5g8yxa", order: "a very long order reference", count: 7 }];
  expect(table(at(52), columns, rows).split("\n")[1]).toBe("pay_01m814esw7e00bgbyj9j5g8yxa  a very long …      7");
  expect(table(at(10), columns, rows)).toContain("pay_01m814esw7e00bgbyj9j5g8yxa  a very …");
  // Into a file or a pipe goes all of it.
  expect(table(elsewhere, columns, rows)).toContain("a very long order reference");
});

test("what a merchant wrote drives no terminal and breaks no row", () => {
  const order = "\u001b]0;title\u0007\u001b[2J\r\nadmin\u009b31m \u202egnihtemos\u2028";
  const text = table(elsewhere, columns, [{ id: "a", order, count: 1 }]);
  expect(text.split("\n")).toHaveLength(3);
  expect(text).toContain("\\u001b]0;title\\u0007\\u001b[2J\\r\\nadmin\\u009b31m \\u202egnihtemos\\u2028");
  expect(printable("Zoë's 支付 👍 ok\ud800")).toBe("Zoë's 支付 👍 ok\\ud800");
});

test("a JSON document drives no terminal either, and means the same", () => {
  const value = { order: "\u009b31m\u202e\u007f\u2028", lines: "a\nb" };
  const json = printableJson(JSON.stringify(value, null, 2));
  expect(json).toMatch(/^[\x20-\x7e\n]*$/);
  expect(JSON.parse(json)).toEqual(value);
});

test("colours are for terminals, unless NO_COLOR is set", () => {
  const terminal = { isTTY: true, columns: 80 };
  expect(lookOf(terminal, {})).toEqual({ width: 80, isColoured: true });
  expect(lookOf(terminal, { NO_COLOR: "1" }).isColoured).toBe(false);
  expect(lookOf({ columns: 80 }, {})).toEqual(elsewhere);
  expect(table({ width: 80, isColoured: true }, columns, [])).toContain("\x1b[2mID\x1b[0m");
});
