import { listOrigins } from "@payonce/db";
import { readMerchant } from "@payonce/db/operations";
import { Argument, type Command, Option } from "commander";
import { merchantNotFound, setOrigins, setOriginsInput } from "../actions/set-origins.ts";
import { toOriginsChange } from "../api/merchants/set-origins.ts";
import type { Cli } from "./cli.ts";
import { addGroup, addLeaf } from "./leaf.ts";
import { idArgument, parserOf, reasonOption } from "./options.ts";
import { printable } from "./terminal/printable.ts";
import { UsageError } from "./usage-error.ts";

const merchantId = () => idArgument("mer", "merchant", "the merchant's id, as merchants list shows it");
const parseOrigin = parserOf(setOriginsInput.shape.origins.unwrap());
const lines = (origins: readonly string[]) => origins.map((origin) => `${printable(origin)}\n`).join("");

/** `payonce origins …` */
export function addOrigins(program: Command, cli: Cli): void {
  const origins = addGroup(program, "origins", "From which web pages a merchant's publishable keys are taken");

  addLeaf<[string]>(origins, cli, {
    name: "list",
    summary: "List a merchant's allowed origins",
    examples: ["origins list mer_01m814esw7e00bgbyj9j5g8yxa"],
    arguments: [merchantId()],
    run: async ([id]) => {
      const [merchant, allowed] = await Promise.all([readMerchant(cli.pool(), id), listOrigins(cli.pool(), id)]);
      if (!merchant) throw merchantNotFound();
      return {
        json: { object: "allowed_origins", merchant_id: id, origins: allowed },
        text: () =>
          allowed.length > 0 ? lines(allowed) : "There is none: no publishable key is taken from anywhere.\n",
      };
    },
  });

  addLeaf<[string, string[] | undefined], { none?: boolean; reason: string }>(origins, cli, {
    name: "set",
    summary: "Make these, and no others, a merchant's allowed origins",
    examples: [
      'origins set mer_01m814esw7e00bgbyj9j5g8yxa https://shop.example --reason "The shop moves, ticket 4711"',
      'origins set mer_01m814esw7e00bgbyj9j5g8yxa --none --reason "The shop is closed"',
    ],
    arguments: [
      merchantId(),
      new Argument("[origin...]", "all of them, as browsers send them").argParser(
        (text: string, before: string[] | undefined) => [...new Set([...(before ?? []), parseOrigin(text)])],
      ),
    ],
    options: [new Option("--none", "allow none"), reasonOption()],
    run: async ([id, wanted = []], { none = false, reason }) => {
      if (none !== (wanted.length === 0)) throw new UsageError("Name the origins that are allowed, or --none.");
      const set = await setOrigins(cli.pool(), cli.actor, id, { origins: wanted, reason });
      const what = set.changed ? "from now on" : "as before";
      return {
        json: toOriginsChange(set),
        text: () => `${set.origins.length === 0 ? "No origin is allowed" : `${lines(set.origins)}Allowed`} ${what}.\n`,
      };
    },
  });
}
