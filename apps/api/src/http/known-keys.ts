import type { ApiKeyOwner, KeyLookup } from "@payonce/db";

/** What this process hears of changes of keys, and of the origins they are taken from. */
export interface KeyChanges {
  /** Another number after each change; null while changes are not heard of. */
  generation(): number | null;
}

export interface KnownKeys {
  /**
   * @param hash SHA-256 of the key, in hex
   * @param origin of the web page that sends the request
   * @returns the key's owner, where it is remembered
   */
  recall(hash: string, origin: string | null): ApiKeyOwner | undefined;
  /** Asks the database whose key it is, and remembers it where that is allowed. Null when no live key has the hash. */
  ask(hash: string, origin: string | null): Promise<ApiKeyOwner | null>;
}

export interface KnownKeysOptions {
  find: (lookup: KeyLookup) => Promise<ApiKeyOwner | null>;
  changes: KeyChanges;
  /** Milliseconds, from a clock that never goes back. */
  now: () => number;
  maxKnown?: number;
}

interface Known {
  owner: ApiKeyOwner;
  generation: number;
  untilMs: number;
}

/** So long a revoked key is taken at most when the database's notification gets lost. */
const KEPT_MS = 1_000;

/**
 * Remembers for a moment whose key is whose, so that a busy api does not ask the database for each request. Only while it hears
 * of changes: each one ends all that was known before, or asked for before.
 */
export function createKnownKeys({ find, changes, now, maxKnown = 10_000 }: KnownKeysOptions): KnownKeys {
  const known = new Map<string, Known>();

  return {
    recall(hash, origin) {
      const entry = known.get(nameOf(hash, origin));
      return entry && entry.generation === changes.generation() && now() < entry.untilMs ? entry.owner : undefined;
    },
    async ask(hash, origin) {
      // Both from before the lookup, which may be answered with what was true when it began: a change that comes meanwhile
      // ends what is remembered below as well.
      const generation = changes.generation();
      const askedMs = now();
      const owner = await find({ hash: Buffer.from(hash, "hex"), origin });
      if (!owner || generation === null) return owner;
      // Anybody can send a publishable key with any origin; that must not take the place of what is asked for often.
      if (origin !== null && !owner.isOriginAllowed) return owner;
      if (known.size >= maxKnown) known.clear();
      known.set(nameOf(hash, origin), {
        // Its use is noted by who has asked.
        owner: { ...owner, isUseUnnoted: false },
        generation,
        untilMs: askedMs + Math.min(KEPT_MS, owner.endsInMs ?? KEPT_MS),
      });
      return owner;
    },
  };
}

function nameOf(hash: string, origin: string | null): string {
  return origin === null ? hash : `${hash} ${origin}`;
}
