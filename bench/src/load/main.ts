import type { LoadOrder } from "./load-order.ts";
import { sendClosed } from "./send-closed.ts";
import { sendPaced } from "./send-paced.ts";

// A process of its own, so that its work shows as its own and delays nobody else's timers.
process.on("message", async (order: LoadOrder) => {
  const report = await (order.kind === "closed" ? sendClosed(order) : sendPaced(order));
  process.send?.(report);
});
process.on("disconnect", () => process.exit(0));
