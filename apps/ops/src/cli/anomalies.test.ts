import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openAnomaly } from "@payonce/db";
import { deadLetterOne, insertMerchant } from "@payonce/db/testing";
import { startTestCli, type TestCli } from "./test-cli.ts";

let cli: TestCli;
let merchantId: string;
beforeAll(async () => {
  cli = await startTestCli();
  merchantId = await insertMerchant(cli.db);
});
afterAll(() => cli.drop());

test("an anomaly is listed, and closed once, with what was done about it", async () => {
  const paymentId = await deadLetterOne(cli.db, merchantId);
  const report = { kind: "provider_mismatch", paymentId, providerObjectId: "pi_1", evidence: [] };
  await openAnomaly(cli.db.pool, report);
  const listed = await cli.run("anomalies", "list");
  const id = /^ano_\w{26}/m.exec(listed.stdout)?.[0] ?? "";
  expect(listed.stdout).toMatch(new RegExp(`^${id} +\\S+Z +provider_mismatch +${paymentId} +pi_1$`, "m"));

  const resolve = (...args: string[]) =>
    cli.run("anomalies", "resolve", id, "--resolution", "refunded", "--reason", "re_3Q9x", ...args);
  expect(await resolve()).toMatchObject({ exitCode: 0, stdout: `${id} is resolved as refunded.\n` });
  expect((await cli.run("anomalies", "list")).stdout).toBe("None is open.\n");
  expect((await cli.run("anomalies", "list", "--resolved")).stdout).toMatch(/ \S+Z +refunded$/m);
  const twice = await resolve("--json");
  expect(twice).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("The anomaly is resolved already: ") });
  expect(twice.json()).toMatchObject({ code: "anomaly_resolved" });
  const none = ["anomalies", "resolve", "ano_01m814esw7e00bgbyj9j5g8yxa", "--resolution", "other", "--reason", "x"];
  expect((await cli.run(...none, "--json")).json()).toMatchObject({ code: "anomaly_not_found" });
});
