import type {
  CreatedPayment,
  CreatePaymentRequest,
  CreateRefundRequest,
  PaymentResource,
  PaymentState,
  RefundResource,
  TimelineEvent,
} from "@payonce/domain";
import { type CallOptions, type ConnectionOptions, createConnection } from "./connection.ts";
import { type Result, type WaitOptions, waitForResult } from "./wait-for-result.ts";

/** For what moves money. The key is yours to make and to keep: only then is it the same after a crash. */
export interface MoneyOptions extends CallOptions {
  /** Up to 255 visible characters, such as your order's or your refund's id. Same key and body: same payment, or refund. */
  idempotencyKey: string;
}

export interface ListOptions extends CallOptions {
  status?: PaymentState | readonly PaymentState[];
  order_reference?: string;
  /** ISO 8601, inclusive. */
  created_from?: string;
  /** ISO 8601, exclusive. */
  created_to?: string;
}

/** The API, for a merchant's own servers. Every call is sent again, as it was, until there is an answer or the time is over. */
export interface Payonce {
  payments: {
    create(request: CreatePaymentRequest, options: MoneyOptions): Promise<CreatedPayment>;
    retrieve(id: string, options?: CallOptions): Promise<PaymentResource>;
    /** All of them, newest first; asks for the next page when it is needed. */
    list(options?: ListOptions): AsyncGenerator<PaymentResource, void, undefined>;
    /** May answer with a payment that is still being canceled: wait for its result. */
    cancel(id: string, options?: CallOptions): Promise<PaymentResource>;
    /** What happened to it, oldest first. */
    events(id: string, options?: CallOptions): Promise<TimelineEvent[]>;
    /** Waits for its end; `undecided` after two minutes, or `timeoutMs`. */
    waitForResult(id: string, options?: WaitOptions): Promise<Result>;
  };
  refunds: {
    /** Without an amount over all that is left. */
    create(payment: string, request: CreateRefundRequest, options: MoneyOptions): Promise<RefundResource>;
    retrieve(id: string, options?: CallOptions): Promise<RefundResource>;
    /** Those of a payment, newest first. */
    list(payment: string, options?: CallOptions): AsyncGenerator<RefundResource, void, undefined>;
  };
}

interface Page<T> {
  data: T[];
  has_more: boolean;
}

/** @throws PayonceError, from each call, or the reason of the signal that it was given */
export function createPayonce(options: ConnectionOptions): Payonce {
  const connection = createConnection(options);
  const pathOf = (id: string) => `/v1/payments/${encodeURIComponent(id)}`;
  const get = <T>(path: string, { signal, timeoutMs }: CallOptions = {}) =>
    connection.send<T>({ path, signal, timeoutMs });
  const post = <T>(path: string, request: object, { idempotencyKey, signal, timeoutMs }: Partial<MoneyOptions>) =>
    connection.send<T>({
      method: "POST",
      path,
      body: JSON.stringify(request),
      headers: idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey },
      signal,
      timeoutMs,
    });

  async function* pages<T extends { id: string }>(path: string, query: object, call: CallOptions) {
    const search = new URLSearchParams({ limit: "100" });
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
    for (;;) {
      const { data, has_more } = await get<Page<T>>(`${path}?${search}`, call);
      yield* data;
      const last = data.at(-1);
      if (!has_more || !last) return;
      search.set("starting_after", last.id);
    }
  }

  return {
    payments: {
      create: (request, call) => post("/v1/payments", request, call),
      retrieve: (id, call) => get(pathOf(id), call),
      list: ({ signal, timeoutMs, ...query } = {}) => pages("/v1/payments", query, { signal, timeoutMs }),
      cancel: (id, call = {}) => post(`${pathOf(id)}/cancel`, {}, call),
      async events(id, call) {
        const events: TimelineEvent[] = [];
        for (;;) {
          const after = events.at(-1)?.version ?? 0;
          const { data, has_more } = await get<Page<TimelineEvent>>(
            `${pathOf(id)}/events?last_event_id=${after}`,
            call,
          );
          events.push(...data);
          if (!has_more || !data.length) return events;
        }
      },
      waitForResult: (id, wait = {}) => waitForResult(connection, encodeURIComponent(id), {}, wait),
    },
    refunds: {
      create: (payment, request, call) => post(`${pathOf(payment)}/refunds`, request, call),
      retrieve: (id, call) => get(`/v1/refunds/${encodeURIComponent(id)}`, call),
      list: (payment, call = {}) => pages(`${pathOf(payment)}/refunds`, {}, call),
    },
  };
}
