import { databaseUrl, redisPrefix, redisUrl, serviceConfig, whole } from "@payonce/service";
import { z } from "zod";
import { LOOPBACK_HOSTS } from "./access/loopback-hosts.ts";

/** Passwords that stand in docker-compose.yml, in images and in manuals. Compared without case. */
const WELL_KNOWN = new Set([
  "admin",
  "changeit",
  "changeme",
  "default",
  "example",
  "pass",
  "password",
  "payonce",
  "postgres",
  "redis",
  "root",
  "secret",
  "test",
]);

/**
 * There is no secret of the console's own that could be left at a default: sessions and tokens are random and kept as
 * hashes, and what forms carry is derived from the session.
 */
export const configSchema = z
  .object({
    ...serviceConfig,
    NODE_ENV: z.string().default("development"),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redisPrefix,
    PORT: whole(0, 65_535).default(3001),
    /** As browsers have it. Forms are taken from its pages only; with https:// the cookies are Secure. */
    PUBLIC_URL: z
      .string()
      .refine(
        isOrigin,
        "must be http:// or https:// with a host and nothing behind it, such as https://ops.example.com",
      )
      .transform((url) => new URL(url).origin)
      .optional(),
    /** So many proxies in front of this say truly, in X-Forwarded-For, whom they have seen. */
    TRUST_PROXY: whole(0, 10).default(0),
    DATABASE_POOL_SIZE: whole(1, 500).default(10),
  })
  .superRefine((config, context) => {
    if (config.NODE_ENV !== "production") return;
    for (const name of ["DATABASE_URL", "REDIS_URL"] as const)
      if (hasWellKnownPassword(config[name]))
        context.addIssue({ code: "custom", path: [name], message: OTHER_PASSWORD });
    if (config.PUBLIC_URL && !isPrivate(config.PUBLIC_URL))
      context.addIssue({ code: "custom", path: ["PUBLIC_URL"], message: HTTPS });
  });

export type Config = z.output<typeof configSchema>;

const OTHER_PASSWORD =
  "must not have a password that everybody knows, such as the one in docker-compose.yml, when NODE_ENV is production: " +
  "make one with `openssl rand -hex 32`";
const HTTPS =
  "must begin with https:// when NODE_ENV is production: over http:// passwords and sessions could be read on the way. " +
  "Put TLS in front, and its address here";

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && pathname === "/" && `${search}${hash}${username}${password}` === "";
}

/** Nobody can listen in: it is encrypted, or does not leave the machine. */
function isPrivate(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === "https:" || LOOPBACK_HOSTS.has(hostname);
}

/** None at all is another way of proving who one is, such as a certificate or a socket. */
function hasWellKnownPassword(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password, searchParams } = new URL(url);
  return [password, searchParams.get("password") ?? ""].some((one) => {
    const readable = decode(one);
    return readable !== "" && (WELL_KNOWN.has(readable.toLowerCase()) || readable === decode(username));
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
