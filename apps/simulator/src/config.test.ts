import { describe, expect, it } from "@jest/globals";
import { readConfig } from "./config.ts";

describe("readConfig", () => {
  it("has a default for every variable", () => {
    expect(readConfig({})).toEqual({
      ok: true,
      config: {
        port: 3002,
        host: "127.0.0.1",
        dataDir: ".payonce/simulator",
        slowMs: 1500,
        accountId: "acct_simulator",
        webhookEndpoint: { url: null, secret: "whsec_simulator" },
        logLevel: "info",
      },
    });
  });

  it("takes an empty variable for one that is not set", () => {
    expect(readConfig({ PORT: "", HOST: "" })).toEqual(readConfig({}));
  });

  it.each([
    ["PORT", "65536", "a whole number from 0 to 65535; set for example 3002"],
    ["PORT", "3002x", "a whole number"],
    ["PORT", "-1", "a whole number"],
    ["SIMULATOR_SLOW_MS", "1.5", "a whole number from 0 to 600000; set for example 1500"],
    ["LOG_LEVEL", "loud", "one of fatal, error, warn, info"],
    ["SIMULATOR_WEBHOOK_URL", "localhost:3000", "an http or https URL; set for example http://127.0.0.1:3000/"],
    ["SIMULATOR_ACCOUNT_ID", "simulator", "an account id; set for example acct_simulator"],
  ])("names the variable, the problem and the fix for %s=%s", (name, value, fix) => {
    const read = readConfig({ [name]: value });
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(`${name}="${value}" must be ${fix}`) });
  });

  it("names every bad variable in one line", () => {
    const read = readConfig({ PORT: "x", LOG_LEVEL: "y" });
    expect(read).toMatchObject({ ok: false, problem: expect.stringMatching(/^PORT=.*; LOG_LEVEL=[^\n]*$/) });
  });
});
