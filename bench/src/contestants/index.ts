import { ceiling } from "./ceiling/contestant.ts";
import type { Contestant } from "./contestant.ts";
import { graphileWorker } from "./graphile-worker/contestant.ts";
import { insertThenQueue } from "./insert-then-queue/contestant.ts";
import { naive } from "./naive/contestant.ts";
import { payonce } from "./payonce/contestant.ts";
import { pgBoss } from "./pg-boss/contestant.ts";

/** In the order in which they are shown. */
export const contestants: readonly Contestant[] = [ceiling, naive, insertThenQueue, graphileWorker, pgBoss, payonce];
