import { type ListedOperatorToken, listOperatorTokens } from "@payonce/db/operations";
import { type Argument, type Command, Option } from "commander";
import { createOperatorToken, revokeOperatorToken } from "../actions/operator-tokens.ts";
import { toOperatorToken } from "../api/operators/operator-token-resource.ts";
import type { Cli } from "./cli.ts";
import { addLeaf } from "./leaf.ts";
import { listAnswer } from "./list-answer.ts";
import { idArgument, reasonOption } from "./options.ts";
import { fields } from "./terminal/fields.ts";
import type { Column } from "./terminal/table.ts";
import { shortTime } from "./terminal/words.ts";

const COLUMNS: readonly Column<ListedOperatorToken>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "OPERATOR", value: ({ username }) => username },
  { title: "TOKEN", value: ({ prefix }) => `${prefix}…` },
  { title: "CREATED", value: ({ createdAt }) => shortTime(createdAt) },
  { title: "LAST USED", value: ({ lastUsedAt }) => shortTime(lastUsedAt) },
  { title: "REVOKED", value: ({ revokedAt }) => shortTime(revokedAt) },
];

/** `payonce operators token`, `tokens`, `revoke-token` */
export function addOperatorTokens(operators: Command, cli: Cli, usernameArgument: () => Argument): void {
  addLeaf<[string], { reason: string }>(operators, cli, {
    name: "token",
    summary: "Make a token with an operator's role for scripts that call /ops/v1, and show it this once",
    examples: ['operators token dana --reason "Nightly report"'],
    arguments: [usernameArgument()],
    options: [reasonOption()],
    run: async ([username], { reason }) => {
      const created = await createOperatorToken(cli.pool(), cli.actor, username, { reason });
      cli.note("Keep the token: only its hash is stored, so it cannot be shown again.");
      return {
        json: { object: "operator_token", username, ...created },
        text: (look) =>
          fields(look, [
            ["Token", created.token],
            ["Id", created.id],
            ["Operator", username],
          ]),
      };
    },
  });

  addLeaf<[], { operator?: string }>(operators, cli, {
    name: "tokens",
    summary: "List the tokens of operators, the newest first",
    examples: ["operators tokens", "operators tokens --operator dana"],
    options: [new Option("--operator <username>", "of this operator only")],
    run: async (_values, { operator }) => {
      const rows = await listOperatorTokens(cli.pool(), operator);
      const nothing = "There is none. payonce operators token makes one.";
      return listAnswer({ columns: COLUMNS, rows, toResource: toOperatorToken, nothing });
    },
  });

  addLeaf<[string], { reason: string }>(operators, cli, {
    name: "revoke-token",
    summary: "Have a token refused from now on",
    examples: ['operators revoke-token opt_01m814esw7e00bgbyj9j5g8yxa --reason "The report is gone"'],
    arguments: [idArgument("opt", "token", "the token's id, as operators tokens shows it")],
    options: [reasonOption()],
    run: async ([id], { reason }) => {
      const revoked = await revokeOperatorToken(cli.pool(), cli.actor, id, { reason });
      const text = revoked.changed ? `${id} is refused from now on.\n` : `${id} was revoked already.\n`;
      return { json: { object: "operator_token", ...revoked }, text: () => text };
    },
  });
}
