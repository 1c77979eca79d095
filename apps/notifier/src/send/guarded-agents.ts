import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { AddressPolicy } from "@payonce/service";
import type { ResolveHost } from "./resolve-host.ts";

/** Raised instead of a connection; its code is a `WebhookFailure`. */
export class ConnectionRefusal extends Error {
  readonly code: "address_refused" | "dns_failed";

  constructor(code: "address_refused" | "dns_failed") {
    super(`No connection was made: ${code}`);
    this.name = "ConnectionRefusal";
    this.code = code;
  }
}

export interface GuardedAgents {
  http: http.Agent;
  https: https.Agent;
  /** Throws `ConnectionRefusal` when the host is itself an address that nothing is sent to. */
  checkHost(hostname: string): void;
  close(): void;
}

/**
 * Of a host with several addresses, so long until the next is tried. Node's 250 ms are too few for one on the other side of
 * the world, and where its other address is of a family that this machine has no way to, it could never be reached.
 */
const ADDRESS_TIMEOUT_MS = 2_000;

/**
 * Agents that connect to addresses which the policy allows, and to no other. What a name leads to is judged where the
 * connection is made, and the connection goes to the address that was judged: a name server that answers otherwise the
 * second time (DNS rebinding) is not asked a second time.
 */
export function createGuardedAgents(policy: AddressPolicy, resolve: ResolveHost): GuardedAgents {
  const lookup: LookupFunction = (hostname, { all }, callback) => {
    findAllowed(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (all) callback(null, addresses);
        else callback(null, first?.address ?? "", first?.family);
      },
      (error) => callback(error, all ? [] : ""),
    );
  };
  const findAllowed = async (hostname: string) => {
    const addresses = await resolve(hostname).catch(() => {
      throw new ConnectionRefusal("dns_failed");
    });
    const allowed = addresses.filter(({ address }) => policy.allows(address));
    if (allowed.length === 0) throw new ConnectionRefusal("address_refused");
    return allowed;
  };
  // Many deliveries go to the same few hosts. A connection that is kept was judged when it was made.
  const options = { keepAlive: true, maxFreeSockets: 4, lookup, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };
  const agents = { http: new http.Agent(options), https: new https.Agent({ ...options, minVersion: "TLSv1.2" }) };
  return {
    ...agents,
    checkHost(hostname) {
      // No lookup is made for a host that is an address.
      const address = hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(address) !== 0 && !policy.allows(address)) throw new ConnectionRefusal("address_refused");
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
