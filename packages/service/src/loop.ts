import { describeError, type Logger } from "./logger.ts";

export interface Loop {
  start(): void;
  /** Cuts the present pause short. */
  wake(): void;
  /** Resolves when the step in progress has ended. */
  stop(): Promise<void>;
}

/**
 * Runs a step again and again until stopped. A step that throws is logged and tried again after a pause: what it works on
 * is in Postgres and will still be there.
 *
 * @param step answers with how many milliseconds to pause; 0 for none
 */
export function createLoop(name: string, step: () => Promise<number>, logger: Logger): Loop {
  let isStopping = false;
  let isWoken = false;
  let endPause = () => {};
  let running: Promise<void> = Promise.resolve();
  let failures = 0;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (isWoken || isStopping || ms === 0) return resolve();
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        // After a failure the pause is kept: a notification for each new row must not become a vain try for each.
        if (failures > 0 && !isStopping) return;
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    while (!isStopping) {
      // Cleared before the step, so that a wake in the middle of it leads to another step and not to a pause.
      isWoken = false;
      let pauseMs: number;
      try {
        pauseMs = await step();
        if (failures > 0) logger.info({ failures }, `${name} works again`);
        failures = 0;
      } catch (error) {
        failures += 1;
        // One line for an outage, not one for each vain try.
        if (failures === 1) logger.warn({ error: describeError(error) }, `${name} failed; trying again`);
        isWoken = false;
        pauseMs = Math.min(100 * 2 ** failures, 1_000);
      }
      await pause(pauseMs);
    }
  };

  return {
    start() {
      running = run();
    },
    wake() {
      isWoken = true;
      endPause();
    },
    async stop() {
      isStopping = true;
      endPause();
      await running;
    },
  };
}
