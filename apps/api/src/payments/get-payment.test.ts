import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { addMerchant, announce, expectProblem, moveTo, startTestApi, type TestApi, until } from "../test-api.ts";
import { openSocket } from "../test-socket.ts";

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await startTestApi({ maxWaiting: 20, maxRequestsInFlight: 10 });
  await until(() => api.waiters.isLive());
});
afterAll(() => api.stop());
beforeEach(async () => {
  id = (await api.post()).body.id;
});

const inFlight = async (of = api) =>
  (await of.registry.getSingleMetric("payonce_http_requests_in_flight")?.get())?.values[0]?.value;
const secondsSince = (start: number) => (performance.now() - start) / 1_000;
/** Sends at once, and gives the answer later. */
const send = (path: string) => api.get(path).then((answer) => answer);

describe("GET /v1/payments/{id}", () => {
  test("shows the payment as it is now", async () => {
    await moveTo(api.db, id, "declined");
    const { status, body } = await api.get(`/v1/payments/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: "declined", failure_code: "card_declined", next_attempt_at: null });
  });

  test("says of another merchant's payment what it says of one that never was", async () => {
    const { authorization } = await addMerchant(api.db);
    const [theirs, nobodys] = await Promise.all(
      [id, newId("pay")].map((one) => api.get(`/v1/payments/${one}`, { authorization })),
    );
    const problem = theirs && expectProblem(theirs, 404, "payment_not_found");
    expect(problem?.detail).toBe(nobodys?.body.detail);
    expectProblem(await api.get(`/v1/payments/${id}?wait=60`, { authorization }), 404, "payment_not_found");
  });

  test.each([
    "pay_",
    "1",
    "null",
    "pay_01k9x",
    `${newId("pay")}0`,
    newId("pay").toUpperCase(),
    newId("mer"),
    "%00",
    "%20",
    "..%2f..%2fetc%2fpasswd",
    "'%20OR%201=1--",
    "a".repeat(5_000),
  ])("answers 404 for the malformed id %p", async (malformed) => {
    expectProblem(await api.get(`/v1/payments/${malformed}`), 404, "payment_not_found");
  });

  test("takes a slash at the end and HEAD", async () => {
    expect((await api.get(`/v1/payments/${id}/`)).body.id).toBe(id);
    const head = await fetch(`${api.url}/v1/payments/${id}`, {
      method: "HEAD",
      headers: { authorization: api.authorization },
    });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});

describe("?wait", () => {
  test.each(["", "-1", "1.5", "61", "1e1", "abc", "0x10", "99999", " 5", "20&wait=30", "NaN", "%00"])(
    "=%s is refused",
    async (value) => {
      const answer = await api.get(`/v1/payments/${id}?wait=${value}`);
      expect(expectProblem(answer, 400, "parameter_invalid", "wait").detail).toContain("whole number from 0 to 60");
    },
  );

  test.each([
    ["wait[]=5", "wait[]"],
    ["wait[a]=5", "wait[a]"],
    ["wiat=5", "wiat"],
    ["wait=5&__proto__=1", "__proto__"],
    ["wait=5&4242424242424242=1", "[redacted]"],
  ])("is not to be misspelt as in ?%s", async (query, param) => {
    expectProblem(await api.get(`/v1/payments/${id}?${query}`), 400, "parameter_invalid", param);
  });

  test("answers at once when the payment is final already", async () => {
    await moveTo(api.db, id, "succeeded");
    const start = performance.now();
    expect((await api.get(`/v1/payments/${id}?wait=60`)).body.status).toBe("succeeded");
    expect(secondsSince(start)).toBeLessThan(2);
  });

  test("answers with the payment as it is once the seconds are over", async () => {
    const start = performance.now();
    const { status, body } = await api.get(`/v1/payments/${id}?wait=1`);
    expect([status, body.status]).toEqual([200, "queued"]);
    expect(secondsSince(start)).toBeGreaterThan(0.95);
  });

  test("answers as soon as Redis announces that the payment is final", async () => {
    const answers = [1, 2, 3].map(() => send(`/v1/payments/${id}?wait=60`));
    await until(() => api.waiters.count() === 3);
    const start = performance.now();
    await moveTo(api.db, id, "succeeded");
    await announce(api, id);
    for (const { body } of await Promise.all(answers)) expect(body.status).toBe("succeeded");
    // Without the announcement they would look after 5 s.
    expect(secondsSince(start)).toBeLessThan(3);
    expect(api.waiters.count()).toBe(0);
  });

  test("goes on waiting when what was announced is not the end, or is about another payment", async () => {
    const other = (await api.post()).body.id;
    const answer = send(`/v1/payments/${id}?wait=2`);
    await until(() => api.waiters.count() === 1);
    await announce(api, other);
    await announce(api, id);
    const start = performance.now();
    expect((await answer).body.status).toBe("queued");
    expect(secondsSince(start)).toBeGreaterThan(1);
  });

  test("survives announcements that make no sense", async () => {
    await announce(api, "pay_nonsense");
    const answer = send(`/v1/payments/${id}?wait=60`);
    await until(() => api.waiters.count() === 1);
    await moveTo(api.db, id, "succeeded");
    await announce(api, id);
    expect((await answer).body.status).toBe("succeeded");
  });

  test("frees the waiter when the client goes away", async () => {
    const socket = await openSocket(api.port);
    socket.write(`GET /v1/payments/${id}?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.authorization}\r\n\r\n`);
    await until(() => api.waiters.count() === 1);
    socket.destroy();
    await until(() => api.waiters.count() === 0);
    expect(await inFlight()).toBe(0);
  });

  test("frees the waiters of requests that were sent without waiting for answers", async () => {
    const socket = await openSocket(api.port);
    const one = `GET /v1/payments/${id}?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.authorization}\r\n\r\n`;
    socket.write(one.repeat(5));
    await until(() => api.waiters.count() === 5);
    socket.destroy();
    await until(() => api.waiters.count() === 0);
    expect(await inFlight()).toBe(0);
  });

  test("does not take the places of those who pay", async () => {
    // Waits until the places are free again, of which there are 10.
    const waiting: Promise<unknown>[] = [];
    for (let i = 1; i <= 15; i++) {
      waiting.push(send(`/v1/payments/${id}?wait=60`));
      await until(() => api.waiters.count() === i);
    }
    expect(await inFlight()).toBe(0);
    expect((await api.post()).status).toBe(202);
    await moveTo(api.db, id, "succeeded");
    await announce(api, id);
    await Promise.all(waiting);
  });

  test("answers at once, as things are, when too many wait", async () => {
    const waiting: Promise<unknown>[] = [];
    for (let i = 1; i <= 20; i++) {
      waiting.push(send(`/v1/payments/${id}?wait=60`));
      await until(() => api.waiters.count() === i);
    }
    const start = performance.now();
    expect((await api.get(`/v1/payments/${id}?wait=60`)).body.status).toBe("queued");
    expect(secondsSince(start)).toBeLessThan(3);
    await moveTo(api.db, id, "succeeded");
    await announce(api, id);
    await Promise.all(waiting);
    expect(api.waiters.count()).toBe(0);
  });
});
