import { z } from "zod";

/**
 * Ids are TypeIDs: a prefix that says what it is, and a UUIDv7 in Crockford base32, so that ids sort by creation time.
 * https://github.com/jetify-com/typeid/tree/main/spec
 */
export type IdPrefix =
  | "pay"
  | "att"
  | "mer"
  | "key"
  | "req"
  | "ano"
  | "rec"
  | "opr"
  | "opt"
  | "aud"
  | "blk"
  | "ref"
  | "whe"
  | "whd";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

let lastMs = 0;
let counter = 0;

/** A new id such as `pay_01k9x…`. Ids made by one process sort in the order they were made, also within a millisecond. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${base32(uuidV7())}`;
}

/** The least id that can be made at a time: with it, ids can be asked for by when they were made. */
export function firstIdAt(prefix: IdPrefix, time: Date): string {
  const ms = Math.min(Math.max(time.getTime(), 0), 2 ** 48 - 1);
  return `${prefix}_${base32(BigInt(ms) << 80n)}`;
}

export function idSchema(prefix: IdPrefix) {
  // The first character holds three bits, so it is at most 7.
  const what = `must be an id that starts with ${prefix}_`;
  return z.string(what).regex(new RegExp(`^${prefix}_[0-7][${ALPHABET}]{25}$`), what);
}

/** RFC 9562 §5.7, with the twelve bits after the time as a counter (method 1). */
function uuidV7(): bigint {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    // More than 4096 ids in a millisecond, or a clock set back: borrow from the future rather than go out of order.
    lastMs += 1;
    counter = 0;
  }
  return (
    (BigInt(lastMs) << 80n) |
    (7n << 76n) |
    (BigInt(counter) << 64n) |
    (2n << 62n) |
    (randomBits() & 0x3fff_ffff_ffff_ffffn)
  );
}

/** Drawn many at a time, because each draw has a price of its own and every request takes two. */
const drawn = new BigUint64Array(256);
let taken = drawn.length;

function randomBits(): bigint {
  if (taken === drawn.length) {
    crypto.getRandomValues(drawn);
    taken = 0;
  }
  return drawn[taken++] ?? 0n;
}

function base32(value: bigint): string {
  let text = "";
  // In pieces that are small numbers: shifting the whole for each digit makes a new bigint each time.
  for (let shift = 100n; shift >= 0n; shift -= 25n) {
    const piece = Number((value >> shift) & 0x1ff_ffffn);
    for (let bits = 20; bits >= 0; bits -= 5) text += ALPHABET[(piece >> bits) & 31];
  }
  return ALPHABET[Number(value >> 125n)] + text;
}
