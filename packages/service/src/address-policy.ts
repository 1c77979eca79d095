import { BlockList, isIP } from "node:net";
import { z } from "zod";

/** Which addresses may be connected to on somebody else's word, such as a merchant's url. */
export interface AddressPolicy {
  /** @param address of an IP socket, as text; anything else is not allowed */
  allows(address: string): boolean;
}

/**
 * What is not the public internet. From the IANA registries of special-purpose addresses (RFC 6890); besides, two public
 * addresses at which clouds keep services for their own machines.
 */
const NOT_PUBLIC_V4: readonly string[] = [
  "0.0.0.0/8", // this host
  "10.0.0.0/8", // private
  "100.64.0.0/10", // carriers' NAT; a cloud's metadata at 100.100.100.200
  "127.0.0.0/8", // loopback
  "168.63.129.16/32", // Azure's own services
  "169.254.0.0/16", // link-local, and metadata at 169.254.169.254
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocols; metadata at 192.0.0.192
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
];

/** Of IPv6 only this much is given out. Loopback, link-local, unique local, mapped, NAT64 and multicast are all outside. */
const PUBLIC_V6 = "2000::/3";
const NOT_PUBLIC_V6: readonly string[] = [
  "2001::/23", // protocols; Teredo, which holds an IPv4 address
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4, which holds an IPv4 address
  "3fff::/20", // documentation
];

/** @param allowedNetworks such as `10.1.0.0/16`: allowed although they are not public */
export function createAddressPolicy(allowedNetworks: readonly string[] = []): AddressPolicy {
  const allowed = blockListOf(allowedNetworks);
  const notPublic = blockListOf([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6]);
  const publicV6 = blockListOf([PUBLIC_V6]);
  return {
    allows(address) {
      const version = isIP(address);
      // A zone (`fe80::1%eth0`) belongs to addresses that are not public.
      if (version === 0 || address.includes("%")) return false;
      const family = version === 4 ? "ipv4" : "ipv6";
      if (allowed.check(address, family)) return true;
      if (notPublic.check(address, family)) return false;
      return version === 4 || publicV6.check(address, family);
    },
  };
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

const what = "must be networks such as 10.1.0.0/16, separated by commas";

/** Of a configuration: networks, separated by commas. */
export const networkList = z
  .string()
  .transform((list) => list.split(",").map((network) => network.trim()))
  .refine((networks) => networks.every(isNetwork), what);

function isNetwork(network: string): boolean {
  const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? [];
  const version = isIP(address);
  return version !== 0 && !address.includes("%") && Number(bits) <= (version === 4 ? 32 : 128);
}
