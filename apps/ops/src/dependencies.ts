import type { Database } from "@payonce/db";
import type { Logger } from "@payonce/service";
import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import type { Passwords } from "./access/passwords.ts";
import type { SignInLimits } from "./access/throttle-sign-ins.ts";

/** What the parts of the console stand on. */
export interface OpsDependencies {
  db: Database;
  /** Fails at once while Redis is away. */
  redis: Redis;
  /** Put before every Redis key. */
  prefix: string;
  logger: Logger;
  registry: Registry;
  /** The origin that browsers use, such as `https://ops.example.com`, without a slash at its end. */
  publicUrl: string;
  /** How many proxies in front of this may be believed about the caller's address. */
  trustProxyHops: number;
  passwords: Passwords;
  /** For tests: others than those we stand by. */
  signInLimits?: Partial<SignInLimits>;
  maxRequestsInFlight?: number;
}
