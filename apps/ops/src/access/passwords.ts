import { randomBytes } from "node:crypto";
import argon2 from "argon2";
import { limitConcurrency } from "./limit-concurrency.ts";

export interface PasswordCost {
  memoryKib: number;
  iterations: number;
  parallelism: number;
}

/**
 * The first choice of OWASP's Password Storage Cheat Sheet for Argon2id with one thread: 19 MiB, two passes. 27 ms here.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export const PASSWORD_COST: PasswordCost = { memoryKib: 19 * 1024, iterations: 2, parallelism: 1 };

// Anybody can have a password hashed, without signing in. Two at a time take 38 MiB and half of the four threads that
// files and names are looked up with; fifty waiting are answered within a second or two.
const CONCURRENCY = { running: 2, waiting: 50 };

export type Passwords = ReturnType<typeof createPasswords>;

/** Hashes and checks passwords. @param cost less than PASSWORD_COST is for tests */
export function createPasswords(cost: PasswordCost = PASSWORD_COST, concurrency = CONCURRENCY) {
  const options = { memoryCost: cost.memoryKib, timeCost: cost.iterations, parallelism: cost.parallelism };
  const inTurn = limitConcurrency(concurrency);
  const hash = (password: string) => inTurn(() => argon2.hash(normalize(password), options));
  // Of a password that nobody has. Made at once: the first sign-in of somebody unknown must not take longer than others.
  const nobodysHash = argon2.hash(randomBytes(32), options);

  return {
    /** Argon2id in PHC string form, which names its parameters. */
    hash,
    /**
     * @param passwordHash null when there is nobody of that name: takes the same time, and is false
     * @throws PayonceError busy
     */
    async verify(passwordHash: string | null, password: string): Promise<boolean> {
      const isRight = await inTurn(async () => argon2.verify(passwordHash ?? (await nobodysHash), normalize(password)));
      return isRight && passwordHash !== null;
    },
    /** True when the hash was made with other parameters than are right today. */
    isOutdated: (passwordHash: string) => argon2.needsRehash(passwordHash, options),
  };
}

/** Keyboards and systems differ in how they write the same letter. NIST SP 800-63B §3.1.1.2. */
function normalize(password: string): string {
  return password.normalize("NFKC");
}
