import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createMerchant } from "@payonce/db/operations";
import { TEST_ACTOR } from "@payonce/db/testing";
import { startTestCli, type TestCli } from "./test-cli.ts";

let cli: TestCli;
let merchantId: string;
beforeAll(async () => {
  cli = await startTestCli();
  merchantId = (await createMerchant(cli.db.pool, TEST_ACTOR, { name: "Bookshop", reason: "a test" })).id;
});
afterAll(() => cli.drop());

const set = (...args: string[]) => cli.run("origins", "set", merchantId, ...args, "--reason", "the shop moves");
const list = async () => (await cli.run("origins", "list", merchantId)).stdout;

test("a merchant's origins are listed and set, these and no others", async () => {
  expect(await list()).toContain("There is none");
  expect((await set("https://a.example", "http://localhost:5173")).exitCode).toBe(0);
  expect(await list()).toBe("http://localhost:5173\nhttps://a.example\n");
  expect((await set("https://b.example", "--json")).json()).toEqual({
    object: "allowed_origins",
    merchant_id: merchantId,
    origins: ["https://b.example"],
    changed: true,
  });
  expect((await set("https://b.example", "--json")).json()).toMatchObject({ changed: false });
  expect(await set("--none")).toMatchObject({ exitCode: 0, stdout: "No origin is allowed from now on.\n" });
  const audit = await cli.query("SELECT count(*)::int AS n FROM audit_log WHERE action = 'set_allowed_origins'");
  expect(audit).toEqual([{ n: 3 }]);
});

test("nothing is closed by a slip: none has to be said, and what is no origin is refused", async () => {
  await set("https://a.example");
  for (const args of [[], ["--none", "https://a.example"], ["https://a.example/shop"]])
    expect((await set(...args)).exitCode).toBe(2);
  expect(await list()).toBe("https://a.example\n");
});

test("a merchant that nobody knows is not found", async () => {
  const missing = await cli.run("origins", "list", "mer_01m814esw7e00bgbyj9j5g8yxa", "--json");
  expect(missing.json()).toMatchObject({ code: "merchant_not_found" });
});
