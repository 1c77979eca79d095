import { describe, expect, test } from "@jest/globals";
import { createSecretBox } from "./secret-box.ts";

const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("the secret box", () => {
  test("gives back what it sealed, and shows nothing of it meanwhile", () => {
    const box = createSecretBox([a]);
    const sealed = box.seal("whe_1", secret);
    expect(sealed.toString("latin1")).not.toContain("whsec");
    expect(box.seal("whe_1", secret).equals(sealed)).toBe(false);
    expect(box.open("whe_1", sealed)).toBe(secret);
  });

  test("does not open with another key, for another endpoint, or when a bit was turned", () => {
    const box = createSecretBox([a]);
    const sealed = box.seal("whe_1", secret);
    expect(() => createSecretBox([b]).open("whe_1", sealed)).toThrow("WEBHOOK_SECRET_KEY");
    expect(() => box.open("whe_2", sealed)).toThrow();
    for (const at of [0, 12, sealed.length - 1]) {
      const bent = Buffer.from(sealed);
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect(() => box.open("whe_1", bent)).toThrow();
    }
    expect(() => box.open("whe_1", sealed.subarray(0, 20))).toThrow();
  });

  test("goes on opening with the key before, while a new one seals", () => {
    const sealed = createSecretBox([a]).seal("whe_1", secret);
    const both = createSecretBox([b, a]);
    expect(both.open("whe_1", sealed)).toBe(secret);
    expect(createSecretBox([b]).open("whe_1", both.seal("whe_1", secret))).toBe(secret);
  });

  test("takes no key of another length, and not none", () => {
    expect(() => createSecretBox([])).toThrow(RangeError);
    expect(() => createSecretBox([a, Buffer.alloc(16)])).toThrow(RangeError);
  });
});
