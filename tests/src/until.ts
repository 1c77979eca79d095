import { setTimeout as delay } from "node:timers/promises";

/** Resolves with the first result that is neither false, null nor undefined; fails after `limitMs`. */
export async function until<T>(what: string, look: () => Promise<T> | T, limitMs = 30_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const result = await look();
    if (result !== false && result !== null && result !== undefined) return result;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await delay(50);
  }
}
