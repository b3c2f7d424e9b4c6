/** Texts that leave the process and come back: nobody else can read, change or make one. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export interface Sealer {
  /** The text in letters, digits, `-` and `_`; another one each time. */
  seal(text: string): string;
  /** The text that was sealed; undefined for what this sealer did not make, or what was changed or cut since. */
  open(sealed: string): string | undefined;
}

/** A sealer for one purpose: what another secret or purpose sealed stays closed to it. */
export function createSealer(secret: string, purpose: string): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
  return {
    seal(text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, hidden, cipher.getAuthTag()]).toString('base64url');
    },
    open(sealed) {
      // One text has one spelling: the decoder passes over what is no letter of its own.
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.toString('base64url') !== sealed || bytes.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
        return text.toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
