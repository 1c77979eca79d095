import { resolve } from "node:path";
import { pino } from "pino";
import { type Config, readConfig } from "./config.ts";
import { type Listening, listen } from "./listen.ts";
import { createSimulator } from "./simulator.ts";

const read = readConfig(process.env);
if (!read.ok) stop(read.problem);
await start(read.config);

async function start(config: Config): Promise<void> {
  const dataDir = resolve(config.dataDir);
  const logger = pino({ name: "simulator", level: config.logLevel });
  const listening = await open(config, dataDir, logger).catch((error: unknown) =>
    stop(explain(error, config, dataDir)),
  );
  logger.info({ url: listening.url, data_dir: dataDir }, "listening");

  let closing = false;
  const close = (signal: string) => {
    // A second signal means that someone is tired of waiting.
    if (closing) process.exit(1);
    closing = true;
    logger.info({ signal }, "closing");
    void listening.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", close);
  process.on("SIGINT", close);
}

async function open(config: Config, dataDir: string, logger: pino.Logger): Promise<Listening> {
  const { slowMs, accountId, webhookEndpoint } = config;
  const simulator = createSimulator({ dataDir, slowMs, accountId, webhookEndpoint, logger });
  return listen(simulator, { host: config.host, port: config.port });
}

function explain(error: unknown, { host, port }: Config, dataDir: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "EADDRINUSE":
      return `PORT=${port} is taken on ${host}; stop what listens there or set PORT to another one, or to 0 for any free one`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST=${host} is no address of this machine; set HOST=127.0.0.1`;
    case "EACCES":
    case "EEXIST":
    case "ENOTDIR":
    case "EROFS":
      return `cannot use SIMULATOR_DATA_DIR=${dataDir} or listen on PORT=${port} (${message}); set them to what this user may use`;
    default:
      return `${message}; mend this, or set SIMULATOR_DATA_DIR to another folder than ${dataDir}`;
  }
}

function stop(problem: string): never {
  console.error(`simulator: ${problem}`);
  process.exit(1);
}
