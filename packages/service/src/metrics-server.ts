import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { collectDefaultMetrics, Registry } from "prom-client";

/**
 * Serves `GET /metrics` (Prometheus text) and `GET /healthz` on a port of their own, away from the public.
 *
 * @param port 0 for any free one
 */
export async function startMetricsServer(registry: Registry, host: string, port: number) {
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/healthz") return response.end("ok\n");
    if (path !== "/metrics") return response.writeHead(404).end("Try /metrics or /healthz\n");
    try {
      const text = await registry.metrics();
      response.setHeader("Content-Type", registry.contentType).end(text);
    } catch {
      // A gauge that asks the database cannot answer while it is away; that is for the scraper to see.
      response.writeHead(503).end("The metrics could not be collected\n");
    }
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A registry with the process's own figures: CPU, memory, event loop. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
