import { isIP, isIPv4 } from "node:net";
import type { Request } from "express";

/**
 * Who is counted as one caller: an IPv4 address, or the /64 of an IPv6 one, because a whole /64 is given to one household
 * and could be walked through.
 *
 * The address is the socket's, or with TRUST_PROXY the one that the last proxy that is ours has seen (Express' `trust
 * proxy`). What a caller writes into X-Forwarded-For itself stands left of that and does not count.
 */
export function clientAddress(request: Request): string {
  const said = request.ip ?? "";
  const address = (isIP(said) ? said : (request.socket.remoteAddress ?? "")).replace(/^::ffff:(?=\d+\.)/i, "");
  if (address === "" || isIPv4(address)) return address;
  // The URL parser writes an address in its one short form, without a zone.
  const [head = "", tail] = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1).split("::");
  const groups = head.split(":").filter(Boolean);
  const behind = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - groups.length - behind.length }, () => "0");
  return `${[...groups, ...zeros, ...behind].slice(0, 4).join(":")}::/64`;
}
