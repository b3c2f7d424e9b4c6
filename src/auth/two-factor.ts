/** One-time passwords by time: steps of 30 seconds, two either side (directus8-system §3.2). */
import { Secret, TOTP } from 'otpauth';
import { GatewayError } from '../lib/errors.ts';

/** Whether it is the one-time password of now. */
export function isCurrent(secret: string, otp: string): boolean {
  return new TOTP({ secret: Secret.fromBase32(secret) }).validate({ token: otp, window: 2 }) !== null;
}

/** Throws `otp_missing` and `otp_wrong`. */
export function demandOtp(secret: string, otp: string | undefined): void {
  if (otp === undefined) throw new GatewayError('otp_missing');
  if (!isCurrent(secret, otp)) throw new GatewayError('otp_wrong');
}

/** Ten bytes and more in base32, as authenticators take them. */
export function isSecret(text: string): boolean {
  return /^[A-Z2-7]{16,128}$/.test(text);
}
