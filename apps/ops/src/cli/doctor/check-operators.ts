import { listOperators } from "@payonce/db/operations";
import { count } from "../terminal/words.ts";
import { type Check, ok, warning } from "./check.ts";
import type { Patient } from "./patient.ts";

/** Whether somebody can sign in to the console and say who else may. */
export function checkOperators({ pool }: Patient): Check {
  return {
    name: "operators",
    run: async () => {
      const enabled = (await listOperators(await pool())).filter(({ disabledAt }) => disabledAt === null);
      const admins = enabled.filter(({ role }) => role === "admin").length;
      if (admins > 0) return ok(`${count(enabled.length, "operator")}, ${count(admins, "admin")} among them`);
      return warning(
        "no enabled admin: nobody can sign in to the console as one",
        'payonce operators add <name> --role admin --reason "…" adds one.',
      );
    },
  };
}
