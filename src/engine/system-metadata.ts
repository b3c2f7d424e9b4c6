/** What presets, relations and settings demand (directus8-system §9 to §11). */
import { GatewayError } from '../lib/errors.ts';
import { fillIn, isLimited, refuseSent, type SystemRules } from './system-write.ts';

/** Who is no administrator has presets of the own, and those of a role or of everybody are no business of theirs. */
export const presetRules: SystemRules = {
  knows: ['role', 'user'],
  check(write) {
    const { action, state, before, sent } = write;
    if (!isLimited(state)) return;
    if (action === 'delete' && before('role') !== undefined) {
      throw new GatewayError('forbidden', { message: 'The preset of a role is for administrators to delete' });
    }
    if (action === 'delete') return;
    if ((sent('role') ?? null) !== null) refuseSent(write, 'role');
    if (action === 'create' && sent('user') === undefined && state.user !== null) fillIn(write, 'user', state.user);
    const user = sent('user');
    if (action === 'create' ? user === undefined || String(user) !== state.user : user !== undefined && String(user) !== state.user) {
      throw new GatewayError('field_write_denied', { field: 'user', collection: write.node.collection.name });
    }
  },
};

/** Rows of these say themselves what they hang on (directus8-system §9). */
export const unrelated: ReadonlySet<string> = new Set([
  'directus_activity',
  'directus_collections',
  'directus_fields',
  'directus_relations',
]);

export const relationRules: SystemRules = {
  knows: [],
  check({ action, sent }) {
    if (action !== 'delete' && unrelated.has(String(sent('collection_one')))) throw new GatewayError('system_collection');
  },
};

/** Without these pictures of the app are gone. */
const kept = 'asset_whitelist_system';
const numbers: ReadonlySet<string> = new Set(['default_limit', 'auto_sign_out', 'login_attempts_allowed', 'auth_token_ttl']);

export const settingRules: SystemRules = {
  knows: ['key'],
  check({ action, before, sent }) {
    const renamed = sent('key');
    const key = String(renamed ?? before('key') ?? '');
    if (action === 'delete' ? before('key') === kept : key === kept || (renamed !== undefined && before('key') === kept)) {
      throw new GatewayError('forbidden', { message: `The setting "${kept}" is the app's own and is left as it is` });
    }
    const value = sent('value') ?? '';
    if (action !== 'delete' && numbers.has(key) && !/^(?:-1|\d{0,9})$/.test(String(value))) {
      throw new GatewayError('validation', { message: `${key}: This value should be of type numeric.` });
    }
  },
};
