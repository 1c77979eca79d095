import {
  API_KEY_KINDS,
  API_KEY_MODES,
  type ApiKey,
  type ApiKeyKind,
  type ApiKeyMode,
  createApiKey,
  listApiKeys,
  type NewApiKey,
  revokeApiKey,
  rotateApiKey,
} from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { type Command, Option } from "commander";
import type { Answer } from "./answer.ts";
import type { Cli } from "./cli.ts";
import { addGroup, addLeaf } from "./leaf.ts";
import { listAnswer } from "./list-answer.ts";
import { durationOption, idArgument, idOption, limitOption, reasonOption } from "./options.ts";
import { type Field, fields } from "./terminal/fields.ts";
import type { Column } from "./terminal/table.ts";
import { shortTime } from "./terminal/words.ts";

const COLUMNS: readonly Column<ApiKey>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "MERCHANT", value: ({ merchantId }) => merchantId },
  { title: "KEY", value: ({ prefix }) => `${prefix}…` },
  { title: "KIND", value: ({ kind }) => kind },
  { title: "MODE", value: ({ mode }) => mode },
  { title: "CREATED", value: ({ createdAt }) => shortTime(createdAt) },
  { title: "LAST USED", value: ({ lastUsedAt }) => shortTime(lastUsedAt) },
  { title: "ENDS", value: ({ revokedAt }) => shortTime(revokedAt) },
];

const keyId = () => idArgument("key", "key", "the key's id, as keys list shows it");

/** `payonce keys …` */
export function addKeys(program: Command, cli: Cli): void {
  const keys = addGroup(program, "keys", "The API keys of merchants");
  addListKeys(keys, cli);
  addCreateKey(keys, cli);
  addRotateKey(keys, cli);
  addRevokeKey(keys, cli);
}

function addListKeys(keys: Command, cli: Cli): void {
  addLeaf<[], { merchant?: string; limit: number }>(keys, cli, {
    name: "list",
    summary: "List API keys, the newest first",
    examples: ["keys list", "keys list --merchant mer_01m814esw7e00bgbyj9j5g8yxa"],
    options: [idOption("mer", "--merchant <id>", "of this merchant only"), limitOption()],
    run: async (_values, { merchant, limit }) => {
      const rows = await listApiKeys(cli.pool(), { merchantId: merchant, limit: limit + 1 });
      const nothing = "There is no such key. payonce keys create makes one.";
      const hasMore = rows.length > limit;
      return listAnswer({ columns: COLUMNS, rows: rows.slice(0, limit), hasMore, toResource, nothing });
    },
  });
}

function addCreateKey(keys: Command, cli: Cli): void {
  addLeaf<[], { merchant: string; kind: ApiKeyKind; mode: ApiKeyMode; reason: string }>(keys, cli, {
    name: "create",
    summary: "Make an API key, and show it this once",
    details:
      "Only the key's hash is kept. Its mode is for people to see; whether money moves follows from STRIPE_API_KEY.",
    examples: ['keys create --merchant mer_01m814esw7e00bgbyj9j5g8yxa --mode live --reason "Going live"'],
    options: [
      idOption("mer", "--merchant <id>", "whose key it is").makeOptionMandatory(),
      new Option("--kind <kind>", "secret for servers, publishable for browsers")
        .choices(API_KEY_KINDS)
        .default("secret"),
      new Option("--mode <mode>", "stands in the key, for people").choices(API_KEY_MODES).makeOptionMandatory(),
      reasonOption(),
    ],
    run: async (_values, { merchant, kind, mode, reason }) => {
      const created = await createApiKey(cli.pool(), cli.actor, { merchantId: merchant, kind, mode, reason });
      if (!created) throw new PayonceError("merchant_not_found", "There is no merchant with this id.");
      return newKey(created, cli);
    },
  });
}

function addRotateKey(keys: Command, cli: Cli): void {
  addLeaf<[string], { overlap: number; reason: string }>(keys, cli, {
    name: "rotate",
    summary: "Replace an API key, and show the new one this once",
    details: "The old key stays valid for the overlap, so that it can be replaced without an outage.",
    examples: ['keys rotate key_01m814esw7e00bgbyj9j5g8yxa --overlap 24h --reason "Yearly"'],
    arguments: [keyId()],
    options: [
      durationOption(
        "--overlap <duration>",
        "how long the old key stays valid, such as 24h; 0s ends it at once",
      ).makeOptionMandatory(),
      reasonOption(),
    ],
    run: async ([id], { overlap, reason }) => {
      const outcome = await rotateApiKey(cli.pool(), cli.actor, id, { overlapMs: overlap, reason });
      if (outcome.result === "rotated") return newKey(outcome.created, cli, outcome.old);
      return refuse(outcome);
    },
  });
}

function addRevokeKey(keys: Command, cli: Cli): void {
  addLeaf<[string], { reason: string }>(keys, cli, {
    name: "revoke",
    summary: "Have an API key refused from now on",
    examples: ['keys revoke key_01m814esw7e00bgbyj9j5g8yxa --reason "Seen in a public repository"'],
    arguments: [keyId()],
    options: [reasonOption()],
    run: async ([id], { reason }) => {
      const outcome = await revokeApiKey(cli.pool(), cli.actor, id, { reason });
      if (outcome.result !== "revoked") return refuse(outcome);
      const { key } = outcome;
      const text = `The key ${key.prefix}… of ${key.merchantId} is refused from now on.\n`;
      return { json: toResource(key), text: () => text };
    },
  });
}

function newKey(created: NewApiKey, cli: Cli, old?: ApiKey): Answer {
  cli.note("Keep the key: only its hash is stored, so it cannot be shown again.");
  const lines: Field[] = [
    ["Key", created.key],
    ["Id", created.id],
    ["Merchant", created.merchantId],
  ];
  if (old) lines.push(["Old key", `${old.prefix}… (${old.id}) is valid until ${shortTime(old.revokedAt)}`]);
  return {
    json: { ...toResource(created), key: created.key, ...(old && { replaces: toResource(old) }) },
    text: (look) => fields(look, lines),
  };
}

function refuse(outcome: { result: "not_found" } | { result: "revoked_before"; revokedAt: Date }): never {
  if (outcome.result === "not_found") throw new PayonceError("api_key_not_found", "There is no API key with this id.");
  const ends = outcome.revokedAt.toISOString();
  throw new PayonceError(
    "api_key_revoked",
    outcome.revokedAt > new Date()
      ? `It has been replaced already, and ends at ${ends}. Rotate the key that replaced it, or revoke this one.`
      : `It was revoked at ${ends}. The audit log says by whom, and why.`,
  );
}

function toResource(key: ApiKey) {
  return {
    id: key.id,
    object: "api_key",
    merchant_id: key.merchantId,
    kind: key.kind,
    mode: key.mode,
    prefix: key.prefix,
    created_at: key.createdAt,
    last_used_at: key.lastUsedAt,
    revoked_at: key.revokedAt,
  };
}
