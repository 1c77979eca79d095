import type { Fault } from "./fault.ts";

export const receiverFaults: readonly Fault[] = [
  {
    name: "receiver-away",
    group: "receiver",
    about: "the merchants' receiver answers errors, or nothing",
    async strike({ stack, hold }, random) {
      const [status, ms] = [random.pick([500, 503, 404, 429, null]), random.between(300, 4_000)];
      stack.receiver.answerWith(status);
      await hold(ms);
      stack.receiver.answerWith(204);
      return `${status ?? "nothing"} for ${ms} ms`;
    },
  },
];
