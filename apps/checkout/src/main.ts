import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { closeServer, createHttpServer } from "@payonce/http";
import { createLogger, readConfig, runService } from "@payonce/service";
import { createApp } from "./app.ts";
import { configSchema } from "./config.ts";

const config = readConfig(configSchema);
const logger = createLogger("checkout", config.LOG_LEVEL);

await runService(logger, async () => {
  const pageFolder = fileURLToPath(new URL("page", import.meta.url));
  const server = createHttpServer(createApp({ config, pageFolder, logger }), logger);
  server.listen(config.PORT, config.HOST);
  await once(server, "listening");
  logger.info({ address: server.address() }, "listening");
  return { close: () => closeServer(server) };
});
