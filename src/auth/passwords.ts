/**
 * Passwords: checking those that Directus 8 or this gateway wrote, and writing new ones. Nothing here logs or keeps a password. The
 * libraries are loaded with the first password, not with the server.
 */

export interface HashOptions {
  /** The database is still read by Directus 8, which knows bcrypt only. */
  directusReadable?: boolean;
}

/** PHP's `password_hash` writes `$2y$`; other tools write `$2a$` and `$2b$`. All three are the same function. */
const bcryptForm = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const argonForm = /^\$argon2id\$v=\d+\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;

/** Beyond these a hash is no hash: the libraries would take what it says literally, minutes or terabytes of it. */
const ceiling = { bcryptCost: 16, memoryCost: 1_048_576, timeCost: 64, parallelism: 16 } as const;

/** What Directus 8 writes (directus8-tables §6). */
const directusCost = 10;

/** OWASP's recommended argon2id parameters; `decoy` below states the same ones. */
const policy = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes of no known password: the digests are random bytes. */
const decoy = {
  argon: '$argon2id$v=19$m=19456,t=2,p=1$Wk5v0H0o5nB5b3YyJ0yq3Q$vA1n0m8y7l2c3JtXh4pQ5rS6uE9wKzB1dFgHjMnOqTs',
  bcrypt: '$2y$10$N9qo8uLOickgx2ZMRZoMyeIvJ0yXw3uT5s1rQpOnMlKjIhGfEdCbO',
} as const;

/**
 * Whether `password` is the one behind `hash`.
 *
 * Knows bcrypt (`$2y$`, `$2a$`, `$2b$`) and argon2id; anything else in the column, NULL included, is false. Whatever is there, one
 * hash of each kind is worked out: neither what an account has in the column nor whether there is one shows in the time.
 */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const isOld = Boolean(hash && isBcryptHash(hash));
  const isNew = Boolean(hash && isArgon(hash));
  const [argon2, bcrypt] = await Promise.all([import('@node-rs/argon2'), import('@node-rs/bcrypt')]);
  const [old, recent] = await Promise.all([
    attempt(() => bcrypt.verify(password, isOld && hash ? hash : decoy.bcrypt)),
    attempt(() => argon2.verify(isNew && hash ? hash : decoy.argon, password)),
  ]);
  return (isOld && old) || (isNew && recent);
}

/** A hash of the right form that the library refuses (a salt too short, say) counts as malformed too. */
async function attempt(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}

/** A new hash: argon2id, or bcrypt of cost 10 under PHP's prefix where Directus 8 must be able to read it. */
export async function hashPassword(password: string, options: HashOptions = {}): Promise<string> {
  // PHP's `2y` and `2b` name the same algorithm.
  const [argon2, bcrypt] = await Promise.all([import('@node-rs/argon2'), import('@node-rs/bcrypt')]);
  if (options.directusReadable) return (await bcrypt.hash(password, directusCost)).replace(/^\$2b\$/, '$$2y$$');
  return argon2.hash(password, policy);
}

/** Spends the time of a verification, for a sign-in whose account does not exist. */
export async function burnPassword(password: string): Promise<void> {
  await verifyPassword(password, null);
}

/** Whether it is a hash that Directus 8 reads. */
export function isBcryptHash(hash: string): boolean {
  const cost = Number(bcryptForm.exec(hash)?.[1]);
  return cost >= 4 && cost <= ceiling.bcryptCost;
}

function isArgon(hash: string): boolean {
  const [memory = 0, time = 0, lanes = 0] = (argonForm.exec(hash) ?? []).slice(1).map(Number);
  return memory > 0 && memory <= ceiling.memoryCost && time > 0 && time <= ceiling.timeCost && lanes > 0 && lanes <= ceiling.parallelism;
}
