import type { Database } from "@payonce/db";
import { insertMerchant, TEST_IDENTITY } from "@payonce/db/testing";
import { newId, type PaymentState, type ProviderAnswer } from "@payonce/domain";
import type { ListedObject, Provider } from "./providers/provider.ts";

export type BookedObject = ListedObject & { createdAt: Date };

/** The provider's side of a reconciliation, for tests: objects, newest first, in pages of a hundred. */
export function createBooks(objects: BookedObject[] = []) {
  const calls: string[] = [];
  const evidence = { operation: "retrieve", at: new Date().toISOString(), durationMs: 1 } as const;
  const books = {
    objects,
    calls,
    /** Runs before each call and may answer instead, or throw as a process that is killed does. */
    before: async (_call: string): Promise<ProviderAnswer | undefined> => undefined,
  };
  const provider = {
    callTimeoutMs: 1_000,
    identify: async () => TEST_IDENTITY,
    async list({ from, to }, cursor) {
      calls.push(`list ${cursor}`);
      const instead = await books.before(`list ${cursor}`);
      if (instead) return instead as never;
      const listed = books.objects
        .filter(({ createdAt }) => createdAt >= from && createdAt < to)
        .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
      const start = cursor === null ? 0 : listed.findIndex(({ id }) => id === cursor) + 1;
      const page = listed.slice(start, start + 100);
      const hasMore = start + 100 < listed.length;
      return {
        kind: "page",
        objects: page.map(({ createdAt, ...object }) => object),
        nextCursor: hasMore ? (page.at(-1)?.id ?? null) : null,
      };
    },
    async retrieve({ id }) {
      calls.push(`retrieve ${id}`);
      const instead = await books.before(`retrieve ${id}`);
      if (instead) return instead;
      const payment = books.objects.find((object) => object.id === id);
      if (!payment) return { kind: "declined", code: "provider_rejected", evidence: { ...evidence, httpStatus: 404 } };
      return { kind: "object", payment, evidence: { ...evidence, objectId: id, state: payment.state } };
    },
  } as Provider;
  return Object.assign(books, { provider });
}

export interface PaymentToInsert {
  id: string;
  status: PaymentState;
  objectId: string | null;
  outcomeUnknown: boolean;
  /** When it is next due, in seconds from now. */
  dueInSeconds: number;
  createdAt: Date;
  account: string;
}

/** Puts payments into the states a test needs. */
export async function insertPayments(db: Database, payments: readonly Partial<PaymentToInsert>[]): Promise<string[]> {
  const merchantId = await insertMerchant(db);
  const rows = payments.map((payment) => {
    const { status = "succeeded" } = payment;
    const id = payment.id ?? newId("pay");
    const defaults = { objectId: `pi_${id}`, outcomeUnknown: status === "unknown", dueInSeconds: 3_600 };
    return { id, status, createdAt: new Date(), account: TEST_IDENTITY.account, ...defaults, ...payment };
  });
  await db.pool.query(
    `INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method, status,
       provider_object_id, outcome_unknown, next_action_at, failure_code, dead_letter_reason, created_at,
       provider_account, provider_api_version)
     SELECT id, $2, id, sha256(id::bytea), 4200, 'eur', 'pm_card_visa', status, "objectId", "outcomeUnknown",
       CASE WHEN status IN ('queued', 'charging', 'retry_wait', 'unknown')
         THEN now() + "dueInSeconds" * interval '1 s' END,
       CASE status WHEN 'declined' THEN 'card_declined' END, CASE status WHEN 'dead_lettered' THEN 'test' END, "createdAt",
       account, $3
     FROM jsonb_to_recordset($1::jsonb) AS r(id text, status text, "objectId" text, "outcomeUnknown" bool,
       "dueInSeconds" int, "createdAt" timestamptz, account text)`,
    [JSON.stringify(rows), merchantId, TEST_IDENTITY.apiVersion],
  );
  return rows.map(({ id }) => id);
}

/** The object of a payment as it should be: charged, and for the same money. */
export function chargeOf(paymentId: string | null, overrides: Partial<BookedObject> = {}): BookedObject {
  const money = { amountMinor: 4200, currency: "eur", declineCode: null };
  return { id: `pi_${paymentId}`, paymentId, state: "succeeded", createdAt: new Date(), ...money, ...overrides };
}
