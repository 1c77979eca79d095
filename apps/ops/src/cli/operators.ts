import { type ListedOperator, listOperators, ROLES, type Role, setOperatorPasswordHash } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { Argument, type Command, Option } from "commander";
import { checkPassword } from "../access/check-password.ts";
import { addOperator, addOperatorInput } from "../actions/add-operator.ts";
import { disableOperator, enableOperator, setOperatorRole } from "../actions/change-operator.ts";
import { toOperator } from "../api/operators/operator-resource.ts";
import type { Answer } from "./answer.ts";
import type { Cli } from "./cli.ts";
import { addGroup, addLeaf } from "./leaf.ts";
import { listAnswer } from "./list-answer.ts";
import { addOperatorTokens } from "./operator-tokens.ts";
import { parserOf, reasonOption } from "./options.ts";
import { type PasswordOptions, passwordOptions, readNewPassword } from "./read-password.ts";
import { type Field, fields } from "./terminal/fields.ts";
import type { Column } from "./terminal/table.ts";
import { shortTime } from "./terminal/words.ts";

const COLUMNS: readonly Column<ListedOperator>[] = [
  { title: "USERNAME", value: ({ username }) => username },
  { title: "ROLE", value: ({ role }) => role },
  { title: "ADDED", value: ({ createdAt }) => shortTime(createdAt) },
  { title: "DISABLED", value: ({ disabledAt }) => shortTime(disabledAt), colour: () => "yellow" },
];

/** `payonce operators …` */
export function addOperators(program: Command, cli: Cli): void {
  const operators = addGroup(program, "operators", "Who may use the console and its API");
  addLeaf(operators, cli, {
    name: "list",
    summary: "List operators, the disabled ones too",
    examples: ["operators list"],
    run: async () => {
      const nothing = "There is none. payonce operators add adds one.";
      const rows = await listOperators(cli.pool());
      return listAnswer({ columns: COLUMNS, rows, toResource: toOperator, nothing });
    },
  });
  addAddOperator(operators, cli);
  addSetPassword(operators, cli);
  addSetRole(operators, cli);
  addEnableOrDisable(operators, cli, "disable", "Shut an operator out at once: sessions end, tokens are refused");
  addEnableOrDisable(operators, cli, "enable", "Let an operator in again");
  addOperatorTokens(operators, cli, usernameArgument);
}

interface AddOptions extends PasswordOptions {
  role: Role;
  ifMissing?: boolean;
  reason: string;
}

function addAddOperator(operators: Command, cli: Cli): void {
  addLeaf<[string], AddOptions>(operators, cli, {
    name: "add",
    summary: "Add an operator",
    details: `A viewer looks, an operator acts, an admin says who is what. The password is asked for at the terminal, unless told
otherwise; it is never an argument, which the process list and the shell's history would show.`,
    examples: [
      'operators add dana --role admin --reason "Joins the payments team"',
      'operators add sam --role operator --generate-password --reason "On call from Monday"',
    ],
    arguments: [usernameArgument()],
    options: [
      new Option("--role <role>", "what the operator may do").choices(ROLES).makeOptionMandatory(),
      ...passwordOptions(),
      new Option("--if-missing", "leave one of that name as it is, and call it done"),
      reasonOption(),
    ],
    run: async ([username], { role, ifMissing, reason, ...options }) => {
      const { password, isGenerated } = await readNewPassword(cli, options);
      const passwords = await loadPasswords();
      const input = { username, role, password, reason };
      try {
        const operator = await addOperator({ db: cli.database(), passwords }, cli.actor, input);
        return told({ ...operator, added: true }, `${username} may sign in as ${role}.`, isGenerated ? password : null);
      } catch (error) {
        const isThere = error instanceof PayonceError && error.code === "operator_exists";
        if (!isThere || !ifMissing) throw error;
        return told({ username, added: false }, `${username} is there already. Nothing was done.`, null);
      }
    },
  });
}

function addSetPassword(operators: Command, cli: Cli): void {
  addLeaf<[string], PasswordOptions & { reason: string }>(operators, cli, {
    name: "set-password",
    summary: "Give an operator another password; ends the operator's sessions",
    examples: ['operators set-password dana --reason "Forgot it"'],
    arguments: [usernameArgument()],
    options: [...passwordOptions(), reasonOption()],
    run: async ([username], { reason, ...options }) => {
      const { password, isGenerated } = await readNewPassword(cli, options);
      checkPassword(password, username);
      const hash = await (await loadPasswords()).hash(password);
      const { result } = await setOperatorPasswordHash(cli.pool(), cli.actor, username, hash, reason);
      if (result === "not_found") throw new PayonceError("operator_not_found", "There is no operator of this name.");
      return told({ username }, `${username} has another password.`, isGenerated ? password : null);
    },
  });
}

function addSetRole(operators: Command, cli: Cli): void {
  addLeaf<[string, Role], { reason: string }>(operators, cli, {
    name: "set-role",
    summary: "Give an operator another role; ends the operator's sessions",
    examples: ['operators set-role sam viewer --reason "Left the team"'],
    arguments: [usernameArgument(), new Argument("<role>", "what the operator may do").choices(ROLES)],
    options: [reasonOption()],
    run: async ([username, role], { reason }) => {
      const operator = await setOperatorRole(cli.pool(), cli.actor, username, { role, reason });
      return told(operator, `${username} is ${operator.role}.`, null);
    },
  });
}

function addEnableOrDisable(operators: Command, cli: Cli, name: "enable" | "disable", summary: string): void {
  const change = name === "enable" ? enableOperator : disableOperator;
  addLeaf<[string], { reason: string }>(operators, cli, {
    name,
    summary,
    examples: [`operators ${name} dana --reason "Parental leave"`],
    arguments: [usernameArgument()],
    options: [reasonOption()],
    run: async ([username], { reason }) => {
      const operator = await change(cli.pool(), cli.actor, username, { reason });
      return told({ ...operator, disabled: name === "disable" }, `${username} is ${name}d.`, null);
    },
  });
}

function usernameArgument(): Argument {
  const parse = parserOf(addOperatorInput.shape.username);
  return new Argument("<username>", "the name that the operator signs in with").argParser(parse);
}

/** Argon2 takes a while to load, and most commands do without. */
async function loadPasswords() {
  const { createPasswords } = await import("../access/passwords.ts");
  return createPasswords();
}

/** @param password the only copy of one that was generated */
function told(operator: object, line: string, password: string | null): Answer {
  const shown: Field[] = [["Password (shown this once)", password]];
  return {
    json: { object: "operator", ...operator, ...(password && { password }) },
    text: (look) => `${line}\n${fields(look, shown)}`,
  };
}
