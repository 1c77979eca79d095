import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createPayonce } from "./payonce.ts";
import {
  answer,
  type Behaviour,
  eventOf,
  frame,
  paymentOf,
  portal,
  refuse,
  reset,
  startTestServer,
  stream,
  type TestServer,
} from "./test-server.ts";
import type { WaitOptions } from "./wait-for-result.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const wait = async (options: WaitOptions = {}, baseUrl = server.url) => {
  const told: [number, string][] = [];
  const { payments } = createPayonce({ key: "sk_test_1", baseUrl });
  const result = await payments.waitForResult("pay_1", {
    timeoutMs: 20_000,
    onUpdate: (payment, event) => told.push([event.version, payment.status]),
    ...options,
  });
  return { outcome: result.outcome, status: result.payment?.status, told };
};

const opening = "retry: 1\n\n:\n\n";
const charging = frame(2, "payment.processing", "charging");
const succeeded = frame(4, "payment.succeeded", "succeeded");
const all = [
  [2, "charging"],
  [4, "succeeded"],
];
const success = { outcome: "succeeded", status: "succeeded", told: all };

/** Behaves as told for streams; what else is asked, polls are answered from. */
const api = (streams: Behaviour[], polls: Behaviour[] = [refuse(500, "internal_error")]): Behaviour => {
  const take = (list: Behaviour[]) => (list.length > 1 ? list.shift() : list[0]);
  return (response, request) =>
    (request.headers.accept === "text/event-stream" ? take(streams) : take(polls))?.(response, request);
};

describe("a payment's events", () => {
  test("are heard in order, to the end", async () => {
    server.behave(stream(opening + charging + succeeded));
    expect(await wait()).toEqual(success);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ path: "/v1/payments/pay_1/events" });
  });

  test("are put together again, wherever they were cut", async () => {
    const bytes = Buffer.from(opening + charging.replace('"eur"', '"€"') + succeeded.replaceAll("\n", "\r\n"));
    server.behave(async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let i = 0; i < bytes.length; i += 7) {
        response.write(bytes.subarray(i, i + 7));
        if (i % 70 === 0) await new Promise(setImmediate);
      }
    });
    expect(await wait()).toEqual(success);
  });

  test("go on where the stream broke, and none is told twice", async () => {
    server.behave(
      stream(opening + charging, (response) => setTimeout(() => response.destroy(), 10)),
      stream(opening + charging + succeeded.slice(0, 50), (response) => response.end()),
      stream(opening + succeeded),
    );
    expect(await wait()).toEqual(success);
    expect(server.requests.map(({ headers }) => headers["last-event-id"])).toEqual(["0", "2", "2"]);
  });

  // All at once: each takes as long as three broken streams and the rests between them.
  test("are polled for when streams do not get through, whatever becomes of them", async () => {
    const list = (...data: unknown[]) => answer(200, { object: "list", data, has_more: false });
    const polled = async (broken: Behaviour) => {
      const own = await startTestServer();
      own.behave(
        api(
          [broken],
          [
            answer(200, paymentOf("charging", { version: 2 }), { etag: '"2-a"' }),
            reset,
            // Not by its tag: of what it was told then, the half is missing.
            answer(200, paymentOf("charging", { version: 2 }), { etag: '"2-a"' }),
            list(eventOf(2, "payment.processing")),
            (response) => void response.writeHead(304).end(),
            reset,
            answer(200, paymentOf("succeeded", { version: 4 }), { etag: '"4-b"' }),
            list(eventOf(4, "payment.succeeded")),
          ],
        ),
      );
      const result = await wait({}, own.url);
      await own.stop();
      const [streams, polls] = [true, false].map((isStream) =>
        own.requests.filter(({ headers }) => (headers.accept === "text/event-stream") === isStream),
      );
      return {
        result,
        streams: streams?.length,
        tags: polls?.map(({ headers }) => headers["if-none-match"]).filter(Boolean),
        polls: polls?.map(({ path }) => path.replace("/v1/payments/pay_1", "").replace(/wait=1\d/, "wait=many")),
      };
    };
    const streams: Record<string, Behaviour> = {
      rubbish: stream("data: {]\n\n"),
      "not a payment's": stream('data: {"hello":1}\n\n'),
      "a page": portal,
      "broken off at once": reset,
      "ended at once": stream(opening, (response) => response.end()),
      "refused for want of room": refuse(503, "busy"),
    };
    const results = await Promise.all(
      Object.entries(streams).map(async ([what, broken]) => [what, await polled(broken)] as const),
    );
    for (const result of results)
      expect(result).toEqual([
        result[0],
        {
          result: success,
          streams: 3,
          tags: ['"2-a"', '"2-a"', '"2-a"'],
          polls: [
            ...["?wait=0", "/events?last_event_id=0"],
            ...["?wait=0", "/events?last_event_id=0"],
            ...["?wait=many", "?wait=many", "?wait=many"],
            "/events?last_event_id=2",
          ],
        },
      ]);
  });

  test("that are all told already end the wait with the payment as it is", async () => {
    const nothingMore: Behaviour = (response) => void response.writeHead(204).end();
    const polls = [answer(200, paymentOf("declined")), answer(200, { object: "list", data: [], has_more: false })];
    server.behave(api([nothingMore], polls));
    expect(await wait()).toEqual({ outcome: "declined", status: "declined", told: [] });
  });
});

describe("what is not final", () => {
  test.each(["unknown", "dead_lettered", "retry_wait"])(
    "%s is undecided when the time is over, and not a failure",
    async (status) => {
      server.behave(stream(opening + frame(3, "payment.unknown", status)));
      expect(await wait({ timeoutMs: 200 })).toEqual({ outcome: "undecided", status, told: [[3, status]] });
    },
  );

  test("is undecided, too, when nobody answers", async () => {
    server.behave(reset);
    expect(await wait({ timeoutMs: 300 })).toEqual({ outcome: "undecided", status: undefined, told: [] });
  });
});

test("what no retry mends is an error", async () => {
  server.behave(refuse(404, "payment_not_found"));
  await expect(wait()).rejects.toMatchObject({ code: "payment_not_found", status: 404 });
  expect(server.requests).toHaveLength(1);
});

test("an AbortSignal ends the wait, while it listens and while it rests", async () => {
  for (const behaviour of [stream(opening), refuse(503, "busy", {}, { "retry-after": "20" })]) {
    const controller = new AbortController();
    server.behave((response, request) => {
      setTimeout(() => controller.abort(new Error("The customer left")), 20);
      return behaviour(response, request);
    });
    await expect(wait({ signal: controller.signal })).rejects.toThrow("The customer left");
  }
});

test("an error of the one who is told is the caller's, and ends the wait", async () => {
  server.behave(stream(opening + charging + succeeded));
  const onUpdate = () => {
    throw new TypeError("A mistake of the page's");
  };
  await expect(wait({ onUpdate })).rejects.toThrow("A mistake of the page's");
  expect(server.requests).toHaveLength(1);
});
