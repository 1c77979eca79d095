import { createMerchant, type ListedMerchant, listMerchants, type Merchant } from "@payonce/db/operations";
import { type Command, Option } from "commander";
import { z } from "zod";
import type { Cli } from "./cli.ts";
import { addGroup, addLeaf } from "./leaf.ts";
import { listAnswer } from "./list-answer.ts";
import { limitOption, parserOf, reasonOption } from "./options.ts";
import { fields } from "./terminal/fields.ts";
import type { Column } from "./terminal/table.ts";
import { shortTime } from "./terminal/words.ts";

const COLUMNS: readonly Column<ListedMerchant>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "NAME", value: ({ name }) => name, isCuttable: true },
  { title: "LIVE KEYS", value: ({ liveKeys }) => liveKeys, isRight: true },
  { title: "CREATED", value: ({ createdAt }) => shortTime(createdAt) },
];

const what = "must be 1 to 200 characters, none of them a control character";
const name = z
  .string(what)
  .trim()
  .regex(/^\P{Cc}{1,200}$/u, what);

/** `payonce merchants …` */
export function addMerchants(program: Command, cli: Cli): void {
  const merchants = addGroup(program, "merchants", "Who takes payments here");

  addLeaf<[], { limit: number }>(merchants, cli, {
    name: "list",
    summary: "List merchants, the newest first",
    examples: ["merchants list"],
    options: [limitOption()],
    run: async (_values, { limit }) => {
      const rows = await listMerchants(cli.pool(), { limit: limit + 1 });
      const nothing = "There is no merchant yet. payonce merchants create makes one.";
      const hasMore = rows.length > limit;
      return listAnswer({ columns: COLUMNS, rows: rows.slice(0, limit), hasMore, toResource: toListed, nothing });
    },
  });

  addLeaf<[], { name: string; reason: string }>(merchants, cli, {
    name: "create",
    summary: "Make a merchant",
    examples: ['merchants create --name "Corner shop" --reason "Contract 1182"'],
    options: [
      new Option("--name <text>", "what people call it").argParser(parserOf(name)).makeOptionMandatory(),
      reasonOption(),
    ],
    run: async (_values, options) => {
      const merchant = await createMerchant(cli.pool(), cli.actor, options);
      const next = `${cli.calledAs} keys create --merchant ${merchant.id} --mode live --reason "…"`;
      cli.note(`It has no key yet. This makes one:\n  ${next}`);
      return {
        json: toResource(merchant),
        text: (look) =>
          fields(look, [
            ["Merchant", merchant.id],
            ["Name", merchant.name],
          ]),
      };
    },
  });
}

function toResource({ id, name, createdAt }: Merchant) {
  return { id, object: "merchant", name, created_at: createdAt };
}

function toListed(merchant: ListedMerchant) {
  return { ...toResource(merchant), live_keys: merchant.liveKeys };
}
