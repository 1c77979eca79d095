import type { Fault } from "./fault.ts";
import { control } from "./provider-faults.ts";

const TYPES = [
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "payment_intent.processing",
  "payment_intent.created",
];

/** The provider's word to us. It is a hint and no more, so it may lie, repeat itself and come when it likes. */
export const providerWebhookFaults: readonly Fault[] = [
  {
    name: "webhooks-odd",
    group: "provider",
    about: "webhooks come twice, late, early, out of order, not at all, or forged",
    async strike({ stack, hold }, random) {
      const faults = {
        duplicate: random.chance(0.5),
        delay_ms: random.pick([0, 0, 500, 2_000]),
        before_answer: random.chance(0.5),
        reorder: random.chance(0.5),
        drop: random.pick([0, 0.3, 1]),
        forge: random.chance(0.5),
      };
      const ms = random.between(500, 5_000);
      if (!(await control(stack.info.simulatorUrl, "POST", "/webhooks/faults", faults))) return null;
      await hold(ms);
      await control(stack.info.simulatorUrl, "POST", "/webhooks/faults", {});
      return `${JSON.stringify(faults)} for ${ms} ms`;
    },
  },
  {
    name: "webhooks-late",
    group: "provider",
    about: "webhooks about old payments, that tell of what may have been long ago, and each twice",
    async strike({ stack }, random) {
      const [count, offset] = [random.between(3, 10), random.between(0, 100)];
      const types = Array.from({ length: count }, () => random.pick(TYPES));
      const { rows } = await stack.db.pool.query<{ id: string }>(
        "SELECT provider_object_id AS id FROM payments WHERE provider_object_id IS NOT NULL ORDER BY id DESC LIMIT $1 OFFSET $2",
        [count, offset],
      );
      for (const [i, { id }] of rows.entries()) {
        const event = { payment_intent: id, type: types[i], age_s: 3_600, id: `evt_late${random.between(0, 1e9)}` };
        for (let twice = 0; twice < 2; twice++)
          await control(stack.info.simulatorUrl, "POST", "/webhooks/send", event, 1);
      }
      return `${rows.length} payments`;
    },
  },
];
