/** What a new password must be: not empty, of a sensible length, and as the setting `password_policy` wants it. */
import { matchesPattern } from '../lib/bounded-pattern.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Rules } from './types.ts';

/** What bcrypt looks at: of a longer one the end would count for nothing. */
const mostBytes = 72;

/** Throws `validation`. */
export function checkPolicy({ settings }: Rules, password: string): void {
  const refuse = (message: string) => {
    const fault = { field: 'password', message, blank: password === '' };
    return new GatewayError('validation', { message: `password: ${message}` }, undefined, [fault]);
  };
  if (password === '') throw refuse('This value should not be blank.');
  if (Buffer.byteLength(password) > mostBytes) throw refuse(`A password has at most ${mostBytes} bytes.`);
  const policy = settings.get('password_policy') ?? '';
  if (policy !== '' && matchesPattern(policy, password) !== true) throw refuse('This value is not valid.');
}
