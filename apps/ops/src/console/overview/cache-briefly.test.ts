import { describe, expect, test } from "@jest/globals";
import { cacheBriefly } from "./cache-briefly.ts";

function counter() {
  let now = 0;
  let reads = 0;
  const cached = cacheBriefly(
    async () => {
      reads += 1;
      return reads;
    },
    1_000,
    () => now,
  );
  return { cached, pass: (ms: number) => (now += ms), reads: () => reads };
}

describe("a brief cache", () => {
  test("reads once for all who ask at once, and for who asks a moment later", async () => {
    const { cached, pass } = counter();
    expect(await Promise.all([cached(), cached(), cached()])).toEqual([1, 1, 1]);
    pass(999);
    expect(await cached()).toBe(1);
    pass(1);
    expect(await cached()).toBe(2);
  });

  test("keeps no failure", async () => {
    let isAway = true;
    const cached = cacheBriefly(async () => {
      if (isAway) throw new Error("away");
      return "back";
    }, 1_000);
    await expect(cached()).rejects.toThrow("away");
    isAway = false;
    expect(await cached()).toBe("back");
  });

  test("forgets what it has, and what is being read at that moment", async () => {
    const { cached, reads } = counter();
    await cached();
    cached.forget();
    const before = cached();
    cached.forget();
    expect(await cached()).toBe(3);
    await before;
    expect(await cached()).toBe(3);
    expect(reads()).toBe(3);
  });
});
