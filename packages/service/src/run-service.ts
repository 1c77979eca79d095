import { describeError, type Logger } from "./logger.ts";

export interface Service {
  /** Stops taking work, lets what is in flight finish, lets go of connections. */
  close(): Promise<void>;
}

/**
 * Starts a process and stops it on SIGTERM or SIGINT: once, and within a limit, whatever hangs.
 *
 * @param start builds everything and resolves when it runs; a failure ends the process with one line
 * @param closeLimitMs after this the process exits in the middle of what it does, which every part of Payonce survives
 */
export async function runService(logger: Logger, start: () => Promise<Service>, closeLimitMs = 10_000): Promise<void> {
  let service: Service | undefined;
  let isClosing = false;
  const stop = async (signal: string) => {
    if (isClosing) return;
    isClosing = true;
    logger.info({ signal }, "stopping");
    setTimeout(() => {
      logger.warn({ closeLimitMs }, "did not stop in time; exiting");
      process.exit(1);
    }, closeLimitMs).unref();
    try {
      await service?.close();
    } catch (error) {
      logger.error({ error: describeError(error) }, "could not stop cleanly");
    }
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  try {
    service = await start();
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    logger.fatal({ code, reason: message }, "could not start");
    process.exit(1);
  }
}
