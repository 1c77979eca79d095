import { runMigrations } from "graphile-worker";
import type { Contestant } from "../contestant.ts";
import { createPeerTables, peerBooks } from "../peer/peer-tables.ts";
import { startPeer } from "../peer/start-peer.ts";

export const graphileWorker: Contestant = {
  name: "graphile-worker",
  says: "payment and job in one statement; NOTIFY, 20 jobs at once, fetched and completed in batches",
  books: peerBooks("graphile_worker._private_jobs"),
  settlesLater: true,
  async start(surroundings) {
    await createPeerTables(surroundings.databaseUrl);
    await runMigrations({ connectionString: surroundings.databaseUrl });
    return startPeer("graphile-worker", ["api", "worker"], surroundings);
  },
};
