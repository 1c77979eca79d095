import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/**
 * Keeps the signing secrets of webhook endpoints: encrypted in the database, under a key that is not in it. An API key is
 * kept as a hash, because it only has to be recognised. With these we sign, so we have to be able to read them.
 */
export interface SecretBox {
  /** @param endpointId whose secret it is: moved to another row, it does not open */
  seal(endpointId: string, secret: string): Buffer;
  /** Throws when no key opens it. */
  open(endpointId: string, sealed: Buffer): string;
}

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
export const BOX_KEY_BYTES = 32;

/** @param keys of 32 bytes; the first seals, and each of them opens, so that one can take another's place */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const [sealing] = keys;
  if (!sealing || keys.some(({ length }) => length !== BOX_KEY_BYTES))
    throw new RangeError(`a secret box needs keys of ${BOX_KEY_BYTES} bytes`);
  return {
    seal(endpointId, secret) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, sealing, iv).setAAD(Buffer.from(endpointId));
      const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    open(endpointId, sealed) {
      for (const key of keys) {
        const secret = tryToOpen(key, endpointId, sealed);
        if (secret !== null) return secret;
      }
      throw new Error("no key in WEBHOOK_SECRET_KEY opens the endpoint's secret");
    },
  };
}

function tryToOpen(key: Buffer, endpointId: string, sealed: Buffer): string | null {
  const [iv, tag] = [sealed.subarray(0, IV_BYTES), sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(endpointId))
      .setAuthTag(tag);
    const body = [decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(body).toString("utf8");
  } catch {
    return null;
  }
}
