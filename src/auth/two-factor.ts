/** One-time passwords by time: steps of 30 seconds, two either side (directus8-system §3.2); each counts once. */
import { createHash } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import { usedOnce } from './once.ts';

const period = 30;
const window = 2;
/** Seconds after which no step is within the window any more. */
const life = period * (2 * window + 1);

/** The step of which it is the one-time password, among those of now. */
function stepOf(secret: string, otp: string): number | undefined {
  const timestamp = Date.now();
  const delta = new TOTP({ secret: Secret.fromBase32(secret), period }).validate({ token: otp, window, timestamp });
  return delta === null ? undefined : Math.floor(timestamp / 1000 / period) + delta;
}

/** Takes the one-time password of a user; it is good for nothing else afterwards. Throws `otp_missing` and `otp_wrong`. */
export async function demandOtp(project: Project, user: string, secret: string, otp: string | undefined): Promise<void> {
  if (otp === undefined) throw new GatewayError('otp_missing');
  const step = stepOf(secret, otp);
  const digest = createHash('sha256').update(secret).digest('hex');
  if (step === undefined || !(await usedOnce(project, `otp ${user} ${step} ${digest}`, life))) throw new GatewayError('otp_wrong');
}

/** Ten bytes and more in base32, as authenticators take them. */
export function isSecret(text: string): boolean {
  return /^[A-Z2-7]{16,128}$/.test(text);
}
