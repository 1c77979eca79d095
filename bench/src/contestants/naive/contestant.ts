import type { Contestant } from "../contestant.ts";
import { createPeerTables, peerBooks } from "../peer/peer-tables.ts";
import { startPeer } from "../peer/start-peer.ts";

export const naive: Contestant = {
  name: "naive",
  says: "charges, then writes, in the request",
  books: peerBooks(),
  settlesLater: false,
  async start(surroundings) {
    await createPeerTables(surroundings.databaseUrl);
    return startPeer("naive", ["api"], surroundings);
  },
};
