import { randomBytes } from "node:crypto";
import { makeTestMerchant, type TestMerchant } from "@payonce/db";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { secretsPath } from "./stack-home.ts";

/** What a stack makes once and keeps in `<home>/secrets.json`, readable for its owner only. */
export interface Secrets extends TestMerchant {
  postgresPassword: string;
  redisPassword: string;
  /** Of the first operator. */
  operatorPassword: string;
  /** Encrypts what webhooks are signed with. */
  webhookSecretKey: string;
}

/** Reads the secrets of `home`, making them at the first time. */
export function readOrMakeSecrets(home: string): Secrets {
  const path = secretsPath(home);
  const kept = readJsonFile(path) as Partial<Secrets> | undefined;
  const secrets: Secrets = {
    postgresPassword: randomBytes(24).toString("hex"),
    redisPassword: randomBytes(24).toString("hex"),
    operatorPassword: randomBytes(15).toString("base64url"),
    webhookSecretKey: randomBytes(32).toString("base64"),
    ...makeTestMerchant(),
    ...kept,
  };
  if (!kept?.operatorPassword || !kept.webhookSecretKey) writeJsonFile(path, secrets);
  return secrets;
}
