import { migrate } from "./migrate.ts";

// Run as a process of its own: before the apps of a new version start, by docker-compose.yml and by the stack.
if (!process.env.DATABASE_URL) {
  console.error("DATABASE_URL is required: the postgresql:// url of the database to migrate.");
  process.exit(1);
}
const applied = await migrate(process.env.DATABASE_URL);
console.log(applied.length > 0 ? `Applied ${applied.join(", ")}` : "No migration to apply");
// Prisma's schema engine leaves a timer behind that would keep this process for ten seconds.
process.exit();
