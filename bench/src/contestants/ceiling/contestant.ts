import type { Contestant } from "../contestant.ts";
import { startPeer } from "../peer/start-peer.ts";

export const ceiling: Contestant = {
  name: "ceiling",
  says: "the same Express set-up, answers 202 and stores nothing",
  books: undefined,
  settlesLater: false,
  start: (surroundings) => startPeer("ceiling", ["api"], surroundings),
};
