import { listen } from "@payonce/db";
import type { Logger } from "@payonce/service";

/** Calls `onNotify` for each notification on `outbox`, and whenever it begins to listen, for what nobody has heard. */
export function listenToOutbox(url: string, { onNotify, logger }: { onNotify: () => void; logger: Logger }) {
  return listen(url, "outbox", {
    applicationName: "payonce-relay-listen",
    onHearing: onNotify,
    onNotify,
    onLost: () => logger.debug("does not hear of new rows in the outbox, and looks for them"),
  });
}
