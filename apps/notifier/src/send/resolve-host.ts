import { Resolver } from "node:dns/promises";

export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** Finds a host's addresses; rejects when there are none. */
export type ResolveHost = (hostname: string) => Promise<HostAddress[]>;

const TRY_TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks DNS, and nothing else. The system's own lookup would also read the machine's hosts file, and it works in four threads
 * that all of the process shares: a few merchants with slow name servers would hold up everybody.
 */
export function createResolver(): ResolveHost {
  const resolver = new Resolver({ timeout: TRY_TIMEOUT_MS, tries: TRIES });
  return async (hostname) => {
    // RFC 6761 §6.3: never asked of DNS. Whether it may be connected to is not decided here.
    if (/^(.+\.)?localhost\.?$/i.test(hostname)) return [...LOOPBACK];
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = [...addressesOf(v4, 4), ...addressesOf(v6, 6)];
    if (addresses.length === 0) throw new Error("the name has no address");
    return addresses;
  };
}

const LOOPBACK: readonly HostAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

function addressesOf(answer: PromiseSettledResult<string[]>, family: 4 | 6): HostAddress[] {
  return answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family })) : [];
}
