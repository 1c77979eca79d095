import { defineConfig } from "prisma/config";

// `generate` and `validate` never run the schema engine, yet look for it and try to download it. Any existing file ends
// the search. Not for `migrate`: with a file that is no engine it reports success and applies nothing, so it may look.
const isOffline = process.argv.some((word) => word === "generate" || word === "validate");
if (isOffline) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(process.env.DATABASE_URL && { datasource: { url: process.env.DATABASE_URL } }),
});
