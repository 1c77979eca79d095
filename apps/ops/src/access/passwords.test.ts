import { describe, expect, test } from "@jest/globals";
import type { Database } from "@payonce/db";
import type { OperatorCredentials } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { createLogger } from "@payonce/service";
import { CHEAP } from "../test-ops.ts";
import { checkCredentials } from "./check-credentials.ts";
import { checkPassword } from "./check-password.ts";
import { createPasswords, PASSWORD_COST } from "./passwords.ts";

test("a hash names Argon2id and what OWASP asks for at least", async () => {
  const hash = await createPasswords().hash("some password or other");
  expect(hash).toMatch(/^\$argon2id\$v=19\$/);
  expect(Object.fromEntries((hash.split("$")[3] ?? "").split(",").map((one) => one.split("=")))).toEqual({
    m: String(19 * 1024),
    t: "2",
    p: "1",
  });
});

test("only the password itself is right for its hash", async () => {
  const passwords = createPasswords(CHEAP);
  const hash = await passwords.hash("the right password");
  expect(await passwords.verify(hash, "the right password")).toBe(true);
  for (const wrong of ["", "the right passwor", "the right password ", "The right password"])
    expect(await passwords.verify(hash, wrong)).toBe(false);
  expect(await passwords.hash("the right password")).not.toBe(hash);
});

test.each([
  ["memory", { ...CHEAP, memoryKib: 16 }],
  ["passes", { ...CHEAP, iterations: 2 }],
  ["threads", { ...CHEAP, memoryKib: 16, parallelism: 2 }],
])("a hash with other %s than today's is outdated", async (_what, cost) => {
  const passwords = createPasswords(CHEAP);
  expect(passwords.isOutdated(await passwords.hash("x"))).toBe(false);
  expect(passwords.isOutdated(await createPasswords(cost).hash("x"))).toBe(true);
});

test("a flood of passwords is hashed a few at a time, and what would wait for long is refused", async () => {
  const passwords = createPasswords(CHEAP, { running: 1, waiting: 2 });
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => passwords.hash("x")));
  const refused = answers.filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(7);
  for (const answer of refused) expect(answer).toMatchObject({ reason: { code: "busy", status: 503 } });
  await passwords.hash("x");
});

describe("a password is looked at in the same way, once,", () => {
  const passwords = createPasswords(CHEAP);
  const check = async (change: Partial<OperatorCredentials> | null, password: string) => {
    const passwordHash = await passwords.hash("the right password");
    const dana = { id: "opr_1", username: "dana", role: "viewer", passwordHash, isDisabled: false } as const;
    const looks: (string | null)[] = [];
    const counting = {
      ...passwords,
      verify(hash: string | null, typed: string) {
        looks.push(hash);
        return passwords.verify(hash, typed);
      },
    };
    const dependencies = { db: {} as Database, passwords: counting, logger: createLogger("test", "silent") };
    const outcome = await checkCredentials(dependencies, change && { ...dana, ...change }, password);
    return { looks: looks.length, isRight: outcome === passwordHash };
  };

  test.each([
    ["of nobody", null, "the right password", false],
    ["of somebody who is disabled", { isDisabled: true }, "the right password", false],
    ["that is wrong", {}, "a wrong password", false],
    ["that is right", {}, "the right password", true],
  ])("%s", async (_what, change, password, isRight) => {
    expect(await check(change, password)).toEqual({ looks: 1, isRight });
  });

  test("and nobody's costs as much as somebody's", async () => {
    // With room for one, a look that did not hash would be over before the next one asked for its place.
    const narrow = createPasswords(PASSWORD_COST, { running: 1, waiting: 0 });
    const looking = narrow.verify(null, "x");
    await expect(narrow.verify(null, "x")).rejects.toMatchObject({ code: "busy" });
    expect(await looking).toBe(false);
  });
});

describe("a new password", () => {
  const refusal = (password: string, username = "dana") => {
    try {
      checkPassword(password, username);
      return null;
    } catch (error) {
      const { code, param, message } = error as PayonceError;
      expect([error instanceof PayonceError, code, param]).toEqual([true, "field_invalid", "password"]);
      return message;
    }
  };

  test.each([["twelve chars"], ["x".repeat(200)], ["🔑".repeat(12)], ["correct horse battery"]])(
    "may be %s",
    (password) => {
      expect(refusal(password)).toBeNull();
    },
  );

  test.each([
    ["eleven char", "at least 12"],
    ["", "at least 12"],
    ["🔑".repeat(11), "at least 12"],
    ["x".repeat(201), "at most 200"],
    ["Dana.Scully@example.com", "everybody knows"],
    ["ChangeMe1234", "everybody knows"],
    ["administrator", "everybody knows"],
  ])("may not be %s", (password, why) => {
    expect(refusal(password, "dana.scully@example.com")).toContain(why);
  });

  test("is not repeated when it is refused", () => {
    expect(refusal("my secret")).not.toContain("my secret");
  });
});
