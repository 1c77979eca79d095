import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Stripe } from "stripe";
import { classify, type StripeFailure } from "./classify.ts";
import { ProviderCallError } from "./http-client.ts";

const OPERATIONS = ["create", "confirm", "retrieve", "cancel"] as const;
const CHARGING = ["create", "confirm"] as const;
const ASKING = ["retrieve", "cancel"] as const;
/** Every error type in Stripe's documents and in the SDK's parsers, and some of nobody. */
const TYPES = [
  "api_error",
  "card_error",
  "idempotency_error",
  "invalid_request_error",
  "authentication_error",
  "rate_limit_error",
  "api_connection_error",
  "already_canceled",
  "blocked_by_stripe",
  "cannot_proceed",
  "insufficient_funds",
  "invalid_payment_method",
  "not_cancelable",
  "rate_limit",
  "invalid_grant",
  "invalid_request",
  "weather_error",
  "",
];

const STATUSES_WITHOUT_PROOF = [
  undefined,
  0,
  100,
  200,
  202,
  204,
  301,
  302,
  307,
  402,
  405,
  408,
  409,
  410,
  413,
  418,
  422,
  424,
  425,
  451,
  499,
  500,
  502,
  503,
  504,
  599,
  999,
];

const { StripeConnectionError, StripeError, generateOAuthError, generateV1Error, generateV2Error } = Stripe.errors;

type RawError = Parameters<typeof generateV1Error>[0];
type Raw = Partial<Record<keyof RawError | "headers", unknown>>;

/** The error that the SDK makes of Stripe's answer. */
const answered = (statusCode: number, raw: Raw = {}) =>
  generateV1Error({ headers: {}, requestId: "req_1", ...raw, statusCode } as RawError);

/** The error that the SDK makes of a call without an answer. */
const unanswered = (detail: unknown) => new StripeConnectionError({ message: "", detail } as never);

const invalid = { type: "invalid_request_error" };
const card = { type: "card_error" };

describe("not executed is", () => {
  test.each([
    ["too many requests", answered(429, invalid), "provider_rate_limited"],
    ["too many requests, named", answered(429, { ...invalid, code: "rate_limit" }), "provider_rate_limited"],
    [
      "too many requests, in the older form",
      answered(400, { ...invalid, code: "rate_limit" }),
      "provider_rate_limited",
    ],
    ["a lock that was not got", answered(429, { ...invalid, code: "lock_timeout" }), "provider_rate_limited"],
    ["too many requests without a type", answered(429), "provider_rate_limited"],
    ["a key that is not known", answered(401, invalid), "provider_refused_our_key"],
    ["a key that has expired", answered(401, { ...invalid, code: "api_key_expired" }), "provider_refused_our_key"],
    ["a key that may not do this", answered(403, invalid), "provider_refused_our_key"],
    ["a name that is not found", unanswered(new ProviderCallError("enotfound", false)), "provider_enotfound"],
    ["a refused connection", unanswered(new ProviderCallError("econnrefused", false)), "provider_econnrefused"],
    ["a timeout before a connection", unanswered(new ProviderCallError("timeout", false)), "provider_timeout"],
  ])("%s", (_title, error, code) => {
    for (const operation of OPERATIONS) expect(classify(operation, error)).toEqual({ kind: "not_executed", code });
  });
});

describe("declined is", () => {
  test.each([
    ["the issuer's no, in its own word", { code: "card_declined", decline_code: "lost_card" }, "lost_card"],
    ["Stripe's no, where the issuer gave no word", { code: "incorrect_number" }, "incorrect_number"],
    ["an authentication that nobody can give", { code: "authentication_required" }, "authentication_required"],
    [
      "a card that was tried too often",
      { code: "card_decline_rate_limit_exceeded" },
      "card_decline_rate_limit_exceeded",
    ],
    ["a card error without a code", {}, "card_declined"],
    ["a card error whose codes are no words", { code: 7, decline_code: "a\0b" }, "card_declined"],
    ["a card error with a code that fits no table", { code: "x".repeat(101) }, "card_declined"],
    ["a card error with an empty decline code", { code: "expired_card", decline_code: "" }, "expired_card"],
  ])("%s", (_title, raw, code) => {
    const error = answered(402, { ...card, ...raw });
    for (const operation of CHARGING) expect(classify(operation, error)).toEqual({ kind: "declined", code });
    for (const operation of ASKING) expect(classify(operation, error).kind).toBe("unknown");
  });

  test.each([
    ["a parameter that is wrong", answered(400, invalid)],
    ["a parameter that is missing", answered(400, { ...invalid, code: "parameter_missing", param: "amount" })],
    ["a payment method that is gone", answered(400, { ...invalid, code: "resource_missing" })],
    ["an object that is not there", answered(404, { ...invalid, code: "resource_missing" })],
  ])("%s", (_title, error) => {
    for (const operation of OPERATIONS)
      expect(classify(operation, error)).toEqual({ kind: "declined", code: "provider_rejected" });
  });
});

describe("unknown is", () => {
  const CONFLICT = "provider_idempotency_conflict";
  const MOVED_ON = "provider_unexpected_state";
  const UNREADABLE = "provider_unreadable";
  test.each([
    ["a key in use", answered(409, { ...invalid, code: "idempotency_key_in_use" }), CONFLICT],
    ["a key in use, said in a 400", answered(400, { ...invalid, code: "idempotency_key_in_use" }), CONFLICT],
    ["a key used for something else", answered(400, { type: "idempotency_error" }), CONFLICT],
    ["any conflict", answered(409), CONFLICT],
    ["a conflict that calls itself a card error", answered(409, card), CONFLICT],
    ["an object in another state", answered(400, { ...invalid, code: "payment_intent_unexpected_state" }), MOVED_ON],
    ["an intent in another state", answered(400, { ...invalid, code: "intent_invalid_state" }), MOVED_ON],
    ["a locked object, said in a 400", answered(400, { ...invalid, code: "lock_timeout" }), "provider_object_locked"],
    ["a 402 that is no card error", answered(402, invalid), UNREADABLE],
    ["a 402 without a type", answered(402, { code: "card_declined", decline_code: "lost_card" }), UNREADABLE],
    ["a card error in a 400", answered(400, { ...card, code: "card_declined" }), UNREADABLE],
    ["a card error in a 200", answered(200, { ...card, code: "card_declined" }), UNREADABLE],
    ["a card error in a 500", answered(500, { ...card, code: "card_declined" }), "provider_error"],
    ["a 400 without a type", answered(400), UNREADABLE],
    ["a 400 of a type never heard of", answered(400, { type: "weather_error" }), UNREADABLE],
    ["a 404 that is not Stripe's", answered(404), UNREADABLE],
    [
      "a rate limit that comes with a success",
      answered(200, { ...invalid, code: "rate_limit" }),
      "provider_rate_limited",
    ],
    ["a rate limit that comes with a 404", answered(404, { ...invalid, code: "rate_limit" }), "provider_rate_limited"],
    ["a failed dependency", answered(424, invalid), UNREADABLE],
    ["a 500", answered(500, { type: "api_error" }), "provider_error"],
    ["a 500 that may be tried again", answered(500, { headers: { "stripe-should-retry": "true" } }), "provider_error"],
    ["a 502", answered(502), "provider_error"],
    ["a 503 that says rate limit", answered(503, { ...invalid, code: "rate_limit" }), "provider_rate_limited"],
    ["a 503 that says invalid request", answered(503, invalid), "provider_error"],
    ["a timeout after sending", unanswered(new ProviderCallError("timeout", true)), "provider_timeout"],
    ["a reset after sending", unanswered(new ProviderCallError("econnreset", true)), "provider_econnreset"],
    [
      "a refusal that comes after sending",
      unanswered(new ProviderCallError("econnrefused", true)),
      "provider_econnrefused",
    ],
    [
      "an answer that broke off",
      unanswered(new ProviderCallError("answer_broken_off", true)),
      "provider_answer_broken_off",
    ],
    [
      "a transport error that is not ours",
      unanswered(Object.assign(new Error(), { code: "ECONNREFUSED" })),
      UNREADABLE,
    ],
    ["a transport error in our words only", unanswered({ wasSent: false, reason: "x" }), UNREADABLE],
    ["an error of our own making", new TypeError("x is not a function"), UNREADABLE],
  ])("%s", (_title, error, code) => {
    for (const operation of OPERATIONS)
      expect(classify(operation, error as StripeFailure)).toEqual({ kind: "unknown", code });
  });

  const classes = Object.entries(Stripe.errors).filter(
    ([, value]) => value === StripeError || value.prototype instanceof StripeError,
  ) as [string, new (...args: unknown[]) => StripeFailure][];
  test("what any of the SDK's error classes may be", () => expect(classes.length).toBeGreaterThanOrEqual(36));

  test.each(classes)("%s, where neither status nor type proves anything", (name, ErrorClass) => {
    const kinds = new Set<string>();
    for (const statusCode of STATUSES_WITHOUT_PROOF)
      for (const type of [name, ...TYPES]) {
        if (statusCode === 402 && type === "card_error") continue;
        const raw = { type, statusCode, code: "card_declined", decline_code: "lost_card" };
        const isOfWebhooks = name === "StripeSignatureVerificationError";
        const error = isOfWebhooks ? new ErrorClass("", "", raw) : new ErrorClass(raw);
        for (const operation of OPERATIONS) kinds.add(classify(operation, error).kind);
      }
    expect([...kinds]).toEqual(["unknown"]);
  });

  test.each([
    ["v2", generateV2Error],
    ["OAuth", generateOAuthError],
  ])("what the SDK's %s parser makes of any type, where the status proves nothing", (_name, generate) => {
    const kinds = new Set<string>();
    for (const statusCode of STATUSES_WITHOUT_PROOF)
      for (const type of TYPES)
        if (statusCode !== 402) kinds.add(classify("confirm", generate({ type, statusCode } as RawError)).kind);
    expect([...kinds]).toEqual(["unknown"]);
  });
});

describe("whatever fails, in whatever way", () => {
  const word = (known: readonly unknown[]) =>
    fc.oneof(fc.constantFrom(...known), fc.string(), fc.constant(undefined), fc.anything());
  const failures = fc.record({
    statusCode: fc.oneof(
      fc.constantFrom(undefined, 200, 302, 400, 401, 402, 403, 404, 409, 424, 429, 500, 503),
      fc.integer({ min: 0, max: 999 }),
    ),
    rawType: word(TYPES),
    code: word(["rate_limit", "lock_timeout", "payment_intent_unexpected_state", "card_declined", "resource_missing"]),
    decline_code: word(["lost_card", ""]),
    detail: fc.oneof(
      fc.constant(undefined),
      fc.tuple(fc.string(), fc.boolean()).map(([reason, wasSent]) => new ProviderCallError(reason, wasSent)),
      fc.constantFrom("ECONNREFUSED", "ENOTFOUND", "ECONNRESET").map((code) => Object.assign(new Error(), { code })),
      fc.anything(),
    ),
  });
  const operations = fc.constantFrom(...OPERATIONS);

  test("nothing is not executed without proof", () => {
    fc.assert(
      fc.property(operations, failures, (operation, failure) => {
        const { statusCode, code, detail } = failure;
        const neverLeft = detail instanceof ProviderCallError && !detail.wasSent;
        const turnedAway = [401, 403, 429].includes(statusCode ?? 0) || (statusCode === 400 && code === "rate_limit");
        const isProved = neverLeft || (!(detail instanceof ProviderCallError) && turnedAway);
        expect(classify(operation, failure).kind === "not_executed").toBe(isProved);
      }),
      { numRuns: 3_000 },
    );
  });

  test("nothing is declined without a refusal that names its reason", () => {
    fc.assert(
      fc.property(operations, failures, (operation, failure) => {
        const { statusCode, rawType, code, detail } = failure;
        const isCharging = operation === "create" || operation === "confirm";
        const byIssuer = statusCode === 402 && rawType === "card_error" && isCharging;
        const isOfTheMoment = ["rate_limit", "lock_timeout", "payment_intent_unexpected_state"].some(
          (it) => it === code,
        );
        const isOfTheRequest = rawType === "invalid_request_error" && !isOfTheMoment;
        const byStripe = (statusCode === 400 || statusCode === 404) && isOfTheRequest;
        const isRefused = !(detail instanceof ProviderCallError) && (byIssuer || byStripe);
        fc.pre(!isRefused);
        expect(classify(operation, failure).kind).not.toBe("declined");
      }),
      { numRuns: 3_000 },
    );
  });

  test("its code is a short word", () => {
    fc.assert(
      fc.property(operations, failures, (operation, failure) => {
        fc.pre(!(failure.detail instanceof ProviderCallError));
        expect(classify(operation, failure).code).toMatch(/^\w{1,100}$/);
      }),
      { numRuns: 3_000 },
    );
  });
});
