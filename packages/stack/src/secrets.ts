import { randomBytes, randomInt } from "node:crypto";
import { newId } from "@payonce/domain";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { secretsPath } from "./stack-home.ts";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** What a stack makes once and keeps in `<home>/secrets.json`, readable for its owner only. */
export interface Secrets {
  postgresPassword: string;
  redisPassword: string;
  merchantId: string;
  secretKeyId: string;
  secretKey: string;
  publishableKeyId: string;
  publishableKey: string;
}

/** Reads the secrets of `home`, making them at the first time. */
export function readOrMakeSecrets(home: string): Secrets {
  const path = secretsPath(home);
  const kept = readJsonFile(path) as Secrets | undefined;
  if (kept) return kept;
  const made: Secrets = {
    postgresPassword: randomBytes(24).toString("hex"),
    redisPassword: randomBytes(24).toString("hex"),
    merchantId: newId("mer"),
    secretKeyId: newId("key"),
    secretKey: `sk_test_${randomBase62(40)}`,
    publishableKeyId: newId("key"),
    publishableKey: `pk_test_${randomBase62(40)}`,
  };
  writeJsonFile(path, made);
  return made;
}

function randomBase62(length: number): string {
  return Array.from({ length }, () => base62[randomInt(base62.length)]).join("");
}
