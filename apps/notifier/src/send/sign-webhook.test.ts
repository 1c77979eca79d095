import { describe, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { signWebhook } from "./sign-webhook.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const other = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const now = () => Math.floor(Date.now() / 1_000);
const parts = (overrides = {}) => ({ id: "evt_1", timestampSeconds: now(), body: '{"a":"ü"}', ...overrides });

describe("a webhook's signature", () => {
  test("is that of the specification's own example", () => {
    const example = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestampSeconds: 1614265330, body: '{"test": 2432232314}' };
    expect(signWebhook(example, [secret])).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("is accepted by a receiver", () => {
    expect(new Webhook(secret).verify(parts().body, signWebhook(parts(), [secret]))).toEqual({ a: "ü" });
  });

  test("is accepted with the old secret and with the new one, while one takes the other's place", () => {
    const headers = signWebhook(parts(), [secret, other]);
    expect(headers["webhook-signature"].split(" ")).toHaveLength(2);
    for (const known of [secret, other]) expect(new Webhook(known).verify(parts().body, headers)).toEqual({ a: "ü" });
  });

  test.each([
    ["with another secret", parts(), other],
    ["of another body", parts({ body: "{}" }), secret],
    ["of another event", parts({ id: "evt_2" }), secret],
    ["of another time", parts({ timestampSeconds: now() - 1 }), secret],
  ])("%s is not accepted", (_what, signed, signedWith) => {
    const { "webhook-signature": signature } = signWebhook(signed, [signedWith]);
    const headers = { ...signWebhook(parts(), [other]), "webhook-signature": signature };
    expect(() => new Webhook(secret).verify(parts().body, headers)).toThrow("No matching signature found");
  });

  test("is not accepted once it is old", () => {
    const old = parts({ timestampSeconds: now() - 600 });
    expect(() => new Webhook(secret).verify(old.body, signWebhook(old, [secret]))).toThrow("too old");
  });
});
