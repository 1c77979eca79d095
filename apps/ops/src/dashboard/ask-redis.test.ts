import { describe, expect, test } from "@jest/globals";
import type { Redis } from "ioredis";
import { askRedis } from "./ask-redis.ts";

const redis = (status: string) => ({ status }) as Redis;
const UNAVAILABLE = { code: "queues_unavailable", status: 503 };

describe("asking Redis", () => {
  test("gives the answer", async () => {
    expect(await askRedis(redis("ready"), async () => "PONG")).toBe("PONG");
    expect(await askRedis(redis("ready"), () => "PONG")).toBe("PONG");
  });

  test("asks nothing of one that is away: the question would wait for it", async () => {
    for (const status of ["connecting", "reconnecting", "close", "end"]) {
      let isAsked = false;
      const ask = () => {
        isAsked = true;
      };
      await expect(askRedis(redis(status), ask)).rejects.toMatchObject(UNAVAILABLE);
      expect(isAsked).toBe(false);
    }
  });

  test("gives up on one that does not answer", async () => {
    const never = new Promise<never>(() => {});
    await expect(askRedis(redis("ready"), () => never, 1)).rejects.toMatchObject(UNAVAILABLE);
  });

  test("says of one that goes meanwhile that it is away, and passes on what is no fault of Redis", async () => {
    const going = { status: "ready" };
    const lose = async () => {
      going.status = "close";
      throw new Error("Connection is closed.");
    };
    await expect(askRedis(going as Redis, lose)).rejects.toMatchObject(UNAVAILABLE);
    const mistake = new TypeError("a mistake of ours");
    const err = () => {
      throw mistake;
    };
    await expect(askRedis(redis("ready"), err)).rejects.toBe(mistake);
  });
});
