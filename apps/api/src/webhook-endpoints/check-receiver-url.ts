import { isIP } from "node:net";
import { PayonceError } from "@payonce/domain";
import { type AddressPolicy, createAddressPolicy } from "@payonce/service";

const MAX_URL_LENGTH = 2_048;
const publicAddresses = createAddressPolicy();

/**
 * Checks what can be checked of a receiver's url before anything is sent, so that its merchant hears of a mistake now. What
 * a name leads to is judged by the notifier, whenever it connects.
 *
 * @param policy what this installation allows besides public addresses; there, plain http and any port are taken as well
 * @param isTestMode with a test key, plain http will do
 * @returns the url as it will be used
 * @throws PayonceError that says how to mend it
 */
export function checkReceiverUrl(
  text: string,
  { policy, isTestMode }: { policy: AddressPolicy; isTestMode: boolean },
): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) throw refuse("must be an https:// url");
  const address = addressOf(url.hostname);
  if (address !== null && !policy.allows(address)) throw refuse("must lead to a public address");
  const isLocal = address !== null && !publicAddresses.allows(address);
  if (url.protocol === "http:" && !isTestMode && !isLocal) throw refuse("must begin with https://");
  if (url.username !== "" || url.password !== "") throw refuse("must not contain a user name or a password");
  if (url.port !== "" && !isLocal)
    throw refuse("must not name a port: only 443 is connected to, and 80 with a test key");
  if (url.hash !== "") throw refuse("must not have a fragment");
  if (url.href.length > MAX_URL_LENGTH) throw refuse(`must have at most ${MAX_URL_LENGTH} characters`);
  return url.href;
}

/** Of a host that is an address, in whichever notation, or that stands for our own machine; null for any other name. */
function addressOf(hostname: string): string | null {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0) return address;
  return /^(.+\.)?localhost\.?$/.test(hostname) ? "127.0.0.1" : null;
}

function refuse(what: string): PayonceError {
  return new PayonceError("field_invalid", `"url" ${what}.`, { param: "url" });
}
