import type { Contestant } from "../contestant.ts";
import { createPeerTables, peerBooks } from "../peer/peer-tables.ts";
import { startPeer } from "../peer/start-peer.ts";
import { createBoss, QUEUE } from "./queue.ts";

export const pgBoss: Contestant = {
  name: "pg-boss",
  says: "payment and job in one transaction; looks every 0.5 s, the least it permits, for up to 1,000 jobs",
  books: peerBooks("pgboss.job", "pgboss.archive"),
  settlesLater: true,
  async start(surroundings) {
    await createPeerTables(surroundings.databaseUrl);
    const boss = createBoss(surroundings.databaseUrl);
    await boss.start();
    await boss.createQueue(QUEUE);
    await boss.stop({ graceful: false });
    return startPeer("pg-boss", ["api", "worker"], surroundings);
  },
};
