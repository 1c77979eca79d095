import type { Redis } from "ioredis";

// One command for all: a command for each would cost more than what it does.
const ANNOUNCE = `
for i = 2, #ARGV, 2 do
  redis.call("XADD", KEYS[1], "*", "payment_id", ARGV[i], "version", ARGV[i + 1])
end
redis.call("XTRIM", KEYS[1], "MAXLEN", "~", ARGV[1])`;

/** Redis does nothing else meanwhile. */
const MAX_AT_ONCE = 500;

/**
 * Tells the stream's readers which payments have something new to read.
 *
 * @param kept roughly how many events the stream keeps
 * @throws when Redis refuses; some may then have been announced, which again does no harm
 */
export async function announce(
  redis: Redis,
  stream: string,
  kept: number,
  events: readonly { paymentId: string; version: number }[],
): Promise<void> {
  for (let i = 0; i < events.length; i += MAX_AT_ONCE) {
    const values = events.slice(i, i + MAX_AT_ONCE).flatMap(({ paymentId, version }) => [paymentId, version]);
    await redis.eval(ANNOUNCE, 1, stream, kept, ...values);
  }
}
