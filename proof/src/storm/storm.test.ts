import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { chooseFaults } from "./faults/index.ts";
import { runStorm } from "./run-storm.ts";
import { SMALL_COUNTS } from "./storm-stack.ts";
import { summarize } from "./summarize.ts";

test("a short storm of kills, resets, crash points and lost jobs violates no rule, and all comes to rest", async () => {
  const home = mkdtempSync(join(tmpdir(), "payonce-storm-"));
  try {
    const result = await runStorm({
      seed: "7",
      seconds: 3,
      // Those whose effect is over quickly: this is the short version of `npm run storm`.
      faults: chooseFaults([
        "kill-charger",
        "kill-relay",
        "redis-flush",
        "pg-terminate",
        "net-reset",
        "crash",
        "queue",
      ]),
      ratePerSecond: 6,
      counts: { ...SMALL_COUNTS, ops: 0 },
      env: {
        charger: {
          PROVIDER_TIMEOUT_MS: "400",
          RETRY_WAITS_MS: "50,100,200,400",
          REFUND_QUIET_MS: "3000",
        },
        simulator: { SIMULATOR_SLOW_MS: "100" },
      },
      home,
      // No test is about time: this only ends one that hangs.
      quietLimitMs: 120_000,
      log: () => {},
    });
    expect(result.findings).toEqual([]);
    expect(summarize(result)).toMatchObject({ violations: 0, faults: expect.any(Object) });
    expect(result.facts.payments.length).toBeGreaterThan(10);
    expect(result.struck.filter(({ what }) => what !== null).length).toBeGreaterThan(1);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}, 240_000);
