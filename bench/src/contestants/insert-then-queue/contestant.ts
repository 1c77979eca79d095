import type { Contestant } from "../contestant.ts";
import { createPeerTables, peerBooks } from "../peer/peer-tables.ts";
import { startPeer } from "../peer/start-peer.ts";

export const insertThenQueue: Contestant = {
  name: "insert-then-queue",
  says: "inserts, then queue.add of BullMQ; worker with a concurrency of 20",
  books: peerBooks(),
  settlesLater: true,
  async start(surroundings) {
    await createPeerTables(surroundings.databaseUrl);
    return startPeer("insert-then-queue", ["api", "worker"], surroundings);
  },
};
