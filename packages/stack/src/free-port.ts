import { connect, createServer } from "node:net";
import { claimPort, holdsPort, unclaimPort } from "./port-claims.ts";

// Below the range from which systems hand out ports to outgoing connections (Linux 32768 up, macOS 49152 up). A server
// that listens inside it may not come back after a crash: a client that keeps reconnecting can be given that very port.
const lowestPort = 20_000;
const highestPort = 31_999;
const maxTries = 200;

/** Handed out but perhaps not yet listened on. */
const promised = new Set<number>();

/**
 * Finds a free TCP port on 127.0.0.1 and promises it to no other caller, in this process or another stack's.
 *
 * @param preferred tried first, in order (a default, the one used last time); undefined ones are skipped
 * @throws when none of many tries is free
 */
export async function findFreePort(...preferred: (number | undefined)[]): Promise<number> {
  for (let attempt = 0; attempt < preferred.length + maxTries; attempt++) {
    const port = attempt < preferred.length ? preferred[attempt] : randomPort();
    if (port === undefined || promised.has(port)) continue;
    promised.add(port);
    if (claimPort(port) && !(await isAnswered(port)) && (await isFree(port)) && holdsPort(port)) return port;
    releasePort(port);
  }
  throw new Error(`no free port found between ${lowestPort} and ${highestPort}`);
}

/** Takes the promise back once the server that listened on `port` has stopped. */
export function releasePort(port: number): void {
  promised.delete(port);
  if (holdsPort(port)) unclaimPort(port);
}

function randomPort(): number {
  return lowestPort + Math.floor(Math.random() * (highestPort - lowestPort + 1));
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** macOS lets us bind 127.0.0.1 beside a server that listens on every address, and would take its callers from it. */
function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const answer = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(500, () => answer(false));
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}
