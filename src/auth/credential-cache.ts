/**
 * Who used a credential last, so that a read need not ask first: the statement itself proves, by a look at the user's row, that the
 * user is still active, in the same role and holding the same token or session. What is remembered gives no right by itself.
 */
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { Connection } from '../dialect/types.ts';
import type { Fragment } from '../lib/fragment.ts';
import type { Schema } from '../schema/types.ts';
import type { SessionCookie } from './cookies.ts';
import type { Credential } from './tokens.ts';
import { type Held, stillHolds, type UserRow } from './users.ts';

export type UserIdentity = Pick<UserRow, 'id' | 'status' | 'role' | 'twoFactorSecret'>;

export interface Proof {
  /** A condition, the same for every row. */
  readonly condition: Fragment;
  /** Differs for every identification. */
  readonly serial: number;
}

/** A credential that was good, and until when it is good without a look at the database. */
export interface CachedCredential {
  readonly user: UserRow;
  readonly held: Held;
  /** Milliseconds since 1970; of a session that is to be moved on, the moment for that. */
  readonly until: number;
  readonly cookie: SessionCookie | null;
}

interface Seen {
  readonly user: UserIdentity;
  readonly cookie: SessionCookie | null;
  proof(connection: Connection, schema: Schema): Proof | undefined;
}

interface Entry extends Seen {
  readonly held: Held;
  readonly until: number;
}

export interface CredentialCache {
  recall(credential: Credential): Seen | undefined;
  remember(credential: Credential, known: CachedCredential): void;
  forget(credential: Credential): void;
}

const most = 5000;
const memories = new WeakMap<object, CredentialCache>();
let serials = 0;

/** The memory of a project; it ends with the project. */
export function credentialCacheOf(project: object): CredentialCache {
  let memory = memories.get(project);
  if (!memory) {
    memory = createMemory();
    memories.set(project, memory);
  }
  return memory;
}

const keyOf = ({ is, token }: Credential): string => `${is} ${token}`;

function createMemory(): CredentialCache {
  const seen = new LRUCache<string, Entry>({ max: most });
  return {
    recall(credential) {
      const entry = seen.get(keyOf(credential));
      return entry && entry.until > Date.now() ? entry : undefined;
    },
    remember(credential, { user: { id, status, role, twoFactorSecret }, held, until, cookie }) {
      const key = keyOf(credential);
      const known = seen.get(key);
      const user = { id, status, role, twoFactorSecret: twoFactorSecret ? 'set' : null };
      // What is prepared for the one who was seen goes on serving.
      const proof = known && isSame(known, user, held) ? known.proof : proofOf(user, held);
      seen.set(key, { user, held, until, cookie, proof });
    },
    forget: (credential) => void seen.delete(keyOf(credential)),
  };
}

function isSame(known: Entry, user: UserIdentity, held: Held): boolean {
  const { id, role, twoFactorSecret } = known.user;
  return id === user.id && role === user.role && twoFactorSecret === user.twoFactorSecret && isDeepStrictEqual(known.held, held);
}

/** Made once for a schema, as it is wanted with every read. */
function proofOf(user: UserIdentity, held: Held): Seen['proof'] {
  serials += 1;
  const serial = serials;
  let made: { proof: Proof | undefined; schema: Schema } | undefined;
  return (connection, schema) => {
    if (made?.schema !== schema) {
      const condition = stillHolds(connection, schema, user, held);
      made = { schema, proof: condition && { condition, serial } };
    }
    return made.proof;
  };
}
