import { createMerchant, type ListedMerchant, listMerchants } from "@payonce/db/operations";
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { addGroup, addLeaf } from "./leaf.ts";
import { listAnswer } from "./list-answer.ts";
import { limitOption, reasonOption, textOption } from "./options.ts";
import { fields } from "./terminal/fields.ts";
import type { Column } from "./terminal/table.ts";
import { shortTime } from "./terminal/words.ts";

const COLUMNS: readonly Column<ListedMerchant>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "NAME", value: ({ name }) => name, isCuttable: true },
  { title: "LIVE KEYS", value: ({ liveKeys }) => liveKeys, isRight: true },
  { title: "CREATED", value: ({ createdAt }) => shortTime(createdAt) },
];

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
      return listAnswer(COLUMNS, rows.slice(0, limit), rows.length > limit, nothing);
    },
  });

  addLeaf<[], { name: string; reason: string }>(merchants, cli, {
    name: "create",
    summary: "Make a merchant",
    examples: ['merchants create --name "Corner shop" --reason "Contract 1182"'],
    options: [textOption("--name <text>", "what people call it", 200).makeOptionMandatory(), reasonOption()],
    run: async (_values, options) => {
      const merchant = await createMerchant(cli.pool(), cli.actor, options);
      const next = `${cli.calledAs} keys create --merchant ${merchant.id} --mode live --reason "…"`;
      cli.note(`It has no key yet. This makes one:\n  ${next}`);
      return {
        json: { object: "merchant", ...merchant },
        text: (look) =>
          fields(look, [
            ["Merchant", merchant.id],
            ["Name", merchant.name],
          ]),
      };
    },
  });
}
