import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** With the schema; also as seen from the compiled code. */
export const PRISMA_FOLDER = fileURLToPath(new URL("../../../prisma", import.meta.url));

export const MIGRATIONS_FOLDER = join(PRISMA_FOLDER, "migrations");
