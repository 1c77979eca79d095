import { listen } from "@payonce/db";
import type { Logger } from "@payonce/service";
import type { KeyChanges } from "./known-keys.ts";

/** Listens to what the database tells of changed keys, on a connection of its own. */
export function hearKeyChanges(url: string, logger: Logger): KeyChanges & { close(): Promise<void> } {
  let generation = 0;
  let isHearing = false;
  let wasLost = false;
  const listener = listen(url, "api_keys", {
    applicationName: "payonce-api-listen",
    onHearing() {
      // Nobody knows what has changed in the meantime.
      generation += 1;
      isHearing = true;
      if (wasLost) logger.info("hears of changed API keys again");
    },
    onNotify() {
      generation += 1;
    },
    onLost({ message }) {
      isHearing = false;
      wasLost = true;
      logger.warn({ reason: message }, "does not hear of changed API keys, and asks the database for each request");
    },
  });
  return {
    generation: () => (isHearing ? generation : null),
    async close() {
      isHearing = false;
      await listener.close();
    },
  };
}
