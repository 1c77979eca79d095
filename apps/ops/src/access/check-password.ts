import { PayonceError } from "@payonce/domain";

const minLength = 12;
/** Longer ones are no safer, and somebody has to hash them. */
const maxLength = 200;

/** What people put where a password has to be, and attackers try first. Compared without case. */
const WELL_KNOWN = new Set([
  "123456789012",
  "1234567890123",
  "adminadminadmin",
  "administrator",
  "administrator1",
  "changeme1234",
  "changemechangeme",
  "correcthorsebatterystaple",
  "passw0rd1234",
  "password1234",
  "password12345",
  "passwordpassword",
  "payonce12345",
  "payonceadmin",
  "payoncepayonce",
  "qwertyuiop12",
  "qwertyuiopas",
]);

/**
 * What a new password must be. Length, and not what everybody knows; no rule about letters and digits, which makes people
 * choose worse ones (NIST SP 800-63B §3.1.1.2).
 *
 * @throws PayonceError field_invalid
 */
export function checkPassword(password: string, username: string): void {
  const length = [...password].length;
  if (length < minLength) refuse(`must have at least ${minLength} characters`);
  if (length > maxLength) refuse(`must have at most ${maxLength} characters`);
  if (isWellKnown(password, username)) refuse("must not be the username or a password that everybody knows");
}

/** Nobody's password: neither accepted as a new one, nor at the sign-in, however it got into the database. */
export function isWellKnown(password: string, username: string): boolean {
  const lower = password.toLowerCase();
  return lower === username.toLowerCase() || WELL_KNOWN.has(lower);
}

function refuse(message: string): never {
  throw new PayonceError("field_invalid", `"password" ${message}.`, { param: "password" });
}
