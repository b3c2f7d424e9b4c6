/** How people sign in to a project: what its file says, and what holds without it. */
import type { Rules } from '../access/types.ts';
import type { AuthSettings } from '../config/schema.ts';

const usual = {
  attempts: 30,
  addressAttempts: 200,
  firstWaitSeconds: 5,
  longestWaitSeconds: 300,
  lockAttempts: 5,
  lockSeconds: 600,
  sessionDays: 90,
  resetMinutes: 60,
  sameSite: 'lax',
  origins: [],
} as const satisfies AuthSettings | { readonly origins: readonly string[] };

export type EffectiveAuth = Required<Omit<AuthSettings, 'passwords' | 'origins'>> & {
  readonly origins: readonly string[];
  /** Undefined follows the hashes that are there. */
  readonly passwords?: AuthSettings['passwords'];
};

/** The settings with their defaults. */
export function authSettingsOf(settings: AuthSettings = {}): EffectiveAuth {
  return { ...usual, ...settings };
}

function minutes(text: string | null | undefined, otherwise: number): number {
  return typeof text === 'string' && /^\d{1,8}$/.test(text) && Number(text) > 0 ? Number(text) : otherwise;
}

/** Minutes a token lives: the setting `auth_token_ttl`, else 20. */
export function tokenMinutes(rules: Rules): number {
  return Math.min(minutes(rules.settings.get('auth_token_ttl'), 20), 999_999);
}

/** Minutes after which an unused cookie session ends: the setting `auto_sign_out`, else a week. */
export function cookieMinutes(rules: Rules): number {
  return minutes(rules.settings.get('auto_sign_out'), 10_080);
}
