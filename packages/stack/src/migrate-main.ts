import { migrate } from "@payonce/db";

// A process of its own: Prisma's schema engine leaves a timer behind that would keep whoever migrates for ten seconds.
await migrate(process.env.DATABASE_URL as string);
process.exit();
