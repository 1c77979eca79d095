import type { DeadLetterFacets } from "@payonce/db/operations";
import type pg from "pg";
import type { OpsDependencies } from "../dependencies.ts";
import type { Cached } from "./overview/cache-briefly.ts";
import type { Standing } from "./overview/read-standing.ts";
import type { QueueReader } from "./queue-reader.ts";

/** What the console is given. */
export type ConsoleDependencies = Pick<OpsDependencies, "db" | "redis" | "prefix">;

/** What its pages are made from. */
export interface Context {
  pool: pg.Pool;
  queues: QueueReader;
  /** How things stand, read once for all browsers that look at it. */
  standing: Cached<Standing>;
  /** What the dead letters can be filtered by; a moment old at the most. */
  facets: Cached<DeadLetterFacets>;
}
