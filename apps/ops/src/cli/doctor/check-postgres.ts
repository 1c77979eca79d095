import { type MigrationState, type PostgresFacts, readMigrationState } from "@payonce/db/operations";
import { type Check, type Finding, failed, ok, Unchecked, warning } from "./check.ts";
import { checkClock } from "./check-clock.ts";
import type { Patient } from "./patient.ts";

const OLDEST = 150_000;
const MIGRATE =
  "node packages/db/dist/migrate-main.js (with DATABASE_URL set) applies them; then start the apps again.";

/** What has to do with the Postgres server itself. */
export function checkPostgres({ postgres, pool }: Patient): Check[] {
  const facts = () =>
    postgres.catch(() => {
      throw new Unchecked("Postgres cannot be asked, see there");
    });
  return [
    {
      name: "Postgres",
      run: () =>
        postgres.then(
          ({ value, askedAt, answeredAt }) => checkServer(value, answeredAt - askedAt),
          (error) => failed(`cannot be asked: ${reasonOf(error)}`, "Check DATABASE_URL, the server and the way there."),
        ),
    },
    { name: "Postgres durability", run: async () => checkDurability((await facts()).value) },
    {
      name: "Postgres clock",
      run: async () => {
        const { value, ...times } = await facts();
        return checkClock("Postgres", { value: value.at.getTime(), ...times });
      },
    },
    { name: "migrations", run: async () => checkMigrations(await readMigrationState(await pool())) },
  ];
}

function checkServer({ version, versionNumber, isStandby }: PostgresFacts, roundTripMs: number): Finding {
  if (versionNumber < OLDEST) return failed(`is ${version}`, "Use Postgres 15 or newer.");
  if (isStandby)
    return failed("is a standby, which takes no payments", "Point DATABASE_URL at the primary, or promote this one.");
  return ok(`${version}, answers in ${Math.max(0, Math.round(roundTripMs))} ms`);
}

/** Settings under which a crash of the server forgets payments that a client was told are taken. */
export function checkDurability(facts: Pick<PostgresFacts, "fsync" | "synchronousCommit" | "fullPageWrites">): Finding {
  const { fsync, synchronousCommit, fullPageWrites } = facts;
  if (fsync === "off")
    return failed("fsync is off: a crash of the machine loses or spoils payments", "Set fsync = on, and reload.");
  if (synchronousCommit === "off")
    return failed(
      "synchronous_commit is off: a crash loses payments that were answered with 202",
      "Set synchronous_commit = on for this server, database and role.",
    );
  if (fullPageWrites === "off")
    return warning(
      "full_page_writes is off: a crash in the middle of a write can spoil a page",
      "Set full_page_writes = on, unless the storage is known to write whole pages.",
    );
  return ok(`fsync on, synchronous_commit ${synchronousCommit}, full_page_writes on`);
}

export function checkMigrations({ missing, failed: broken, unknown, changed, applied }: MigrationState): Finding {
  if (broken.length > 0)
    return failed(
      `begun and not finished: ${broken.join(", ")}`,
      "Look into the row's logs in _prisma_migrations, mend it, and mark it with prisma migrate resolve.",
    );
  if (missing.length > 0) {
    const none = applied === 0 ? "the database was never migrated; " : "";
    return failed(`${none}not applied: ${missing.join(", ")}`, MIGRATE);
  }
  if (unknown.length > 0)
    return failed(
      `the database has some that this version does not know: ${unknown.join(", ")}`,
      "Run the version of Payonce that they belong to.",
    );
  if (changed.length > 0)
    return warning(
      `applied with another text than this version has: ${changed.join(", ")}`,
      "Compare the files with those that were deployed; a released migration is never changed.",
    );
  return ok(`all ${applied} are applied`);
}

/** For a host with several addresses, the error itself has no message. */
export function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || "no reason was given";
}
