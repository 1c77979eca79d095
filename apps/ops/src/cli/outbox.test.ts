import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { acceptOne, insertMerchant } from "@payonce/db/testing";
import { startTestCli, type TestCli } from "./test-cli.ts";

let cli: TestCli;
let merchantId: string;
beforeAll(async () => {
  cli = await startTestCli();
  merchantId = await insertMerchant(cli.db);
});
afterAll(() => cli.drop());

test("the outbox tells how far behind it is, and which rows fail", async () => {
  await cli.query("DELETE FROM outbox");
  expect(await cli.run("outbox")).toMatchObject({ exitCode: 0, stdout: "The outbox is empty: all is published.\n" });
  const id = await acceptOne(cli.db, merchantId);
  await acceptOne(cli.db, merchantId);
  await cli.query("UPDATE outbox SET tries = 3, created_at = now() - interval '90 minutes' WHERE payment_id = $1", id);
  const told = await cli.run("outbox");
  expect(told.stdout).toContain("2 rows wait to be published, the oldest for 1 h 30 min.");
  expect(told.stdout).toMatch(new RegExp(`^ *\\d+ +accepted +${id} +3 +`, "m"));
  expect((await cli.run("outbox", "--json")).json()).toMatchObject({
    object: "outbox",
    depth: 2,
    failing: [{ payment_id: id, tries: 3, kind: "accepted" }],
    has_more_failing: false,
  });
});
