import PgBoss from "pg-boss";

export const QUEUE = "charges";

/** Half a second is the shortest interval that it permits. */
export const POLLING_INTERVAL_SECONDS = 0.5;

/** With nothing running in the background that a queue of payments could do without. */
export function createBoss(connectionString: string): PgBoss {
  const boss = new PgBoss({ connectionString, max: 20, schedule: false });
  boss.on("error", (error) => console.error(error));
  return boss;
}
