/** What directus_roles and directus_permissions demand (directus8-system §5, §6). */
import { randomUUID } from 'node:crypto';
import { isNetwork } from '../access/address-list.ts';
import { administratorRole, publicRole } from '../access/compile-rules.ts';
import { defaultPermissions } from '../access/default-permissions.ts';
import { GatewayError } from '../lib/errors.ts';
import { always, compare } from '../query/filters.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { compileDelete } from '../sql/write.ts';
import { insertRows } from './insert-rows.ts';
import { fillIn, lockMatching, type SystemRules } from './system-write.ts';
import type { WriteState } from './write-state.ts';

/** Permissions that one statement takes away. */
const atOnce = 1000;

export const roleRules: SystemRules = {
  knows: [],
  check(write) {
    const { action, node, state, sent } = write;
    if (action === 'create') {
      if ((sent('external_id') ?? null) === null) fillIn(write, 'external_id', randomUUID());
      state.duties.set(`role ${state.duties.size}`, () => grantDefaults(state, node));
    }
    if (action !== 'delete') return demandAddresses(sent('ip_whitelist'));
    const id = keyText(node.key ?? []);
    if (id === administratorRole || id === publicRole) {
      throw new GatewayError('unauthorized', { message: `You are not allowed to delete group [${id}]` });
    }
    state.duties.set(`role ${id} goes`, () => leaveNobody(state, id));
  },
};

/** A slip would keep everybody of the role out. */
function demandAddresses(list: Stored | undefined): void {
  const entries = typeof list === 'string' ? list.split(',').map((entry) => entry.trim()) : [];
  const wrong = entries.find((entry) => entry !== '' && !isNetwork(entry));
  if (wrong === undefined) return;
  const message = `ip_whitelist: "${wrong.slice(0, 60)}" is neither an address nor a network such as 10.0.0.0/8.`;
  throw new GatewayError('validation', { message });
}

/** Without these rows the app does not work for those of the role. */
async function grantDefaults(state: WriteState, { key }: WriteNode): Promise<void> {
  const permissions = state.schema.collections.get('directus_permissions');
  const [id] = key ?? [];
  if (!permissions || id === undefined) return;
  const rows = defaultPermissions(Number(id)).map((seed) => {
    const row = new Map<Field, Stored>();
    for (const [column, value] of Object.entries(seed)) {
      const field = permissions.fields.get(column);
      if (field) row.set(field, value === null ? null : String(value));
    }
    return row;
  });
  await insertRows(state, permissions, rows);
  state.rewritten.add(permissions.name);
}

/** Users of no role would be left without a word; its permissions speak of nobody any more. */
async function leaveNobody(state: WriteState, id: string): Promise<void> {
  const ofRole = (fields: Collection['fields']): Filter | undefined => {
    const role = fields.get('role');
    return role && compare(role, 'eq', id);
  };
  if ((await lockMatching(state, 'directus_users', ofRole, 1)).length > 0) {
    throw new GatewayError('unprocessable', { message: `Role ${id} has users; give them another role or delete them first` });
  }
  const permissions = state.schema.collections.get('directus_permissions');
  if (!permissions) return;
  for (;;) {
    const keys = await lockMatching(state, permissions.name, ofRole, atOnce);
    if (keys.length === 0) break;
    await state.connection.execute(compileDelete(permissions, keys, always, state.connection.dialect).statement);
  }
  state.rewritten.add(permissions.name);
}

const levels = ['none', 'mine', 'role', 'full'];
/** What each column of a permission may say. */
export const permissionLevels: Readonly<Record<string, readonly string[]>> = {
  create: levels,
  read: levels,
  update: levels,
  delete: levels,
  comment: ['none', 'read', 'create', 'update', 'full'],
  explain: ['none', 'create', 'update', 'always'],
};

/** A level that nobody knows would be read as none. */
export const permissionRules: SystemRules = {
  knows: [],
  check({ action, sent }) {
    if (action === 'delete') return;
    const faults = Object.entries(permissionLevels).flatMap(([field, known]) => {
      const value = sent(field) ?? null;
      return value === null || known.includes(String(value)) ? [] : `${field}: This value should be one of ${known.join(', ')}.`;
    });
    if (faults.length > 0) throw new GatewayError('validation', { message: faults.join(' ') });
  },
};
