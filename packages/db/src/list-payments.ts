import { firstIdAt, isFinal, PAYMENT_STATES, type PaymentState } from "@payonce/domain";
import type { Database } from "./connect.ts";
import { PAYMENT_COLUMNS, type PaymentRow, type RawPaymentRow, toPaymentRow } from "./payment-row.ts";

export interface PaymentFilter {
  merchantId: string;
  statuses?: readonly PaymentState[] | undefined;
  orderReference?: string | undefined;
  /** Inclusive. */
  createdFrom?: Date | undefined;
  /** Exclusive. */
  createdTo?: Date | undefined;
  limit: number;
  /** An id: only what was made before it, from the newest on. */
  startingAfter?: string | undefined;
  /** An id: only what was made after it, those next to it. Not together with `startingAfter`. */
  endingBefore?: string | undefined;
}

/**
 * A merchant's payments, newest first. The cursor is an id: it stays where it is while payments arrive or change, so what
 * matches all the time is seen once.
 */
export async function listPayments({ pool }: Database, filter: PaymentFilter): Promise<PaymentRow[]> {
  const { rows } = await pool.query<RawPaymentRow>(listQuery(filter));
  const payments = rows.map(toPaymentRow);
  return filter.endingBefore === undefined ? payments : payments.reverse();
}

/** Exported for the test that asks for its plan. */
export function listQuery(filter: PaymentFilter): { text: string; values: unknown[] } {
  const values: unknown[] = [filter.merchantId, filter.limit];
  const given = (value: unknown) => `$${values.push(value)}`;
  const { lower, upper } = idsWithin(filter);
  const bounds = {
    lower: given(lower),
    upper: given(upper),
    direction: filter.endingBefore === undefined ? "DESC" : "ASC",
  };
  const period: string[] = [];
  if (filter.createdFrom) period.push(`created_at >= ${given(filter.createdFrom)}`);
  if (filter.createdTo) period.push(`created_at < ${given(filter.createdTo)}`);
  const branches = branchesOf(filter, given).map((branch) => `(${selectBranch(branch, period, bounds)})`);
  const order = `ORDER BY id ${bounds.direction}`;
  const page = `SELECT id FROM (${branches.join(" UNION ALL ")}) branches ${order} LIMIT $2`;
  return { text: `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id IN (${page}) ${order}`, values };
}

/**
 * How far a payment's id may lie from its `created_at`: the id is made by the process that takes the payment, `created_at` by
 * Postgres a moment later, and their clocks differ.
 */
const CLOCKS_APART_MS = 60_000;

/** Between which ids all that is asked for lies. About a period `created_at` decides, exactly; ids are what indexes sort by. */
function idsWithin({ createdFrom, createdTo, startingAfter, endingBefore }: PaymentFilter) {
  const idAt = (time: Date, slackMs: number) => firstIdAt("pay", new Date(time.getTime() + slackMs));
  const lower = [endingBefore, createdFrom && idAt(createdFrom, -CLOCKS_APART_MS)];
  const upper = [startingAfter, createdTo && idAt(createdTo, CLOCKS_APART_MS)];
  return {
    lower: lower.reduce<string>((most, id) => (id !== undefined && id > most ? id : most), BEFORE_ALL_IDS),
    upper: upper.reduce<string>((least, id) => (id !== undefined && id < least ? id : least), AFTER_ALL_IDS),
  };
}

const BEFORE_ALL_IDS = "";
const AFTER_ALL_IDS = "~";

/** A part of what is asked for, with conditions that an index knows word for word. */
interface Branch {
  where: string[];
  /**
   * The columns before `id` in the index that is to be walked, with their values. Null for a small index that is not
   * sorted by id, whose few rows are sorted.
   */
  walk: [column: string, value: string][] | null;
}

interface Bounds {
  lower: string;
  upper: string;
  direction: string;
}

// Compared as rows, and not one by one: if `merchant_id` were known to be one value, the primary key would be in the order
// asked for as well, and the planner would hope to meet the merchant's payments there soon, among everybody's. Fenced for the
// same reason.
function selectBranch({ where, walk }: Branch, period: string[], { lower, upper, direction }: Bounds): string {
  if (!walk) {
    const conditions = ["merchant_id = $1", `id > ${lower}`, `id < ${upper}`, ...period, ...where].join(" AND ");
    const found = `SELECT id FROM payments WHERE ${conditions} OFFSET 0`;
    return `SELECT id FROM (${found}) fenced ORDER BY id ${direction} LIMIT $2`;
  }
  const columns = ["merchant_id", ...walk.map(([column]) => column), "id"];
  const place = (id: string) => `(${["$1", ...walk.map(([, value]) => value), id].join(", ")})`;
  const key = `(${columns.join(", ")})`;
  const conditions = [`${key} > ${place(lower)}`, `${key} < ${place(upper)}`, ...period, ...where].join(" AND ");
  const order = columns.map((column) => `${column} ${direction}`).join(", ");
  return `SELECT id FROM payments WHERE ${conditions} ORDER BY ${order} LIMIT $2`;
}

const MOVING: readonly PaymentState[] = ["queued", "charging", "retry_wait", "unknown"];

function branchesOf({ statuses, orderReference }: PaymentFilter, given: (value: unknown) => string): Branch[] {
  const asked = PAYMENT_STATES.filter((state) => statuses?.includes(state) ?? true);
  if (orderReference !== undefined) {
    const order = given(orderReference);
    return [
      { where: [`order_reference = ${order}`, "status NOT IN ('declined', 'canceled')", isOneOf(asked)], walk: null },
      {
        where: ["order_reference IS NOT NULL", "status IN ('declined', 'canceled')", isOneOf(asked)],
        walk: [["order_reference", order]],
      },
    ];
  }
  if (asked.length === PAYMENT_STATES.length) return [{ where: [], walk: [] }];
  const moving = asked.filter((state) => MOVING.includes(state));
  const branches: Branch[] = asked.filter(isFinal).map((state) => ({
    where: [`status = '${state}'`],
    walk: [["status", `'${state}'`]],
  }));
  if (asked.includes("dead_lettered")) branches.push({ where: ["status = 'dead_lettered'"], walk: null });
  if (moving.length > 0) branches.push({ where: ["next_action_at IS NOT NULL", isOneOf(moving)], walk: null });
  return branches;
}

/** In the statement itself: an index on some states is not used for a state that is a parameter. */
function isOneOf(states: readonly PaymentState[]): string {
  return `status IN (${states.map((state) => `'${state}'`).join(", ")})`;
}
