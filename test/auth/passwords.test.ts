import { performance } from 'node:perf_hooks';
import t from 'tap';
import { burnPassword, hashPassword, verifyPassword } from '../../src/auth/passwords.ts';

/** Made by PHP's password_hash; the word is `password`. */
const fromPhp = '$2y$10$mXeK1By5FG5YUQyR9zRV7eEVobAq5QunxFNXAGkoKllO4isKZkn.W';

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The least of several times each, taken in turns: what a busy machine adds is added to some of them only. */
async function asSlow(work: () => Promise<unknown>, like: () => Promise<unknown>): Promise<boolean> {
  let [one, other] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < 5; i++) {
    one = Math.min(one, await milliseconds(work));
    other = Math.min(other, await milliseconds(like));
  }
  return one > other / 2.5;
}

t.test('a hash that Directus 8 wrote is read, under each of its prefixes', async (t) => {
  t.equal(await verifyPassword('password', fromPhp), true);
  t.equal(await verifyPassword('password', fromPhp.replace('$2y$', '$2a$')), true);
  t.equal(await verifyPassword('password', fromPhp.replace('$2y$', '$2b$')), true);
  t.equal(await verifyPassword('Password', fromPhp), false);
  t.equal(await verifyPassword('', fromPhp), false);
});

t.test('new hashes are argon2id, or what Directus 8 writes where it must read them', async (t) => {
  const own = await hashPassword('løsen 🔑');
  t.match(own, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  t.equal(await verifyPassword('løsen 🔑', own), true);
  t.equal(await verifyPassword('losen 🔑', own), false);
  t.not(await hashPassword('løsen 🔑'), own, 'salted');

  const readable = await hashPassword('løsen 🔑', { directusReadable: true });
  t.match(readable, /^\$2y\$10\$/);
  t.equal(await verifyPassword('løsen 🔑', readable), true);
  t.ok(own.length <= 255 && readable.length <= 255, 'fits directus_users.password');
});

t.test('what is no hash is false, whatever it claims to be', async (t) => {
  const argon = await hashPassword('x');
  const digest = argon.slice(argon.indexOf(',p=1') + 4);
  const malformed = [
    null,
    undefined,
    '',
    'x',
    '**********',
    '$2y$10$',
    '$2y$99$mXeK1By5FG5YUQyR9zRV7eEVobAq5QunxFNXAGkoKllO4isKZkn.W',
    '$2y$31$mXeK1By5FG5YUQyR9zRV7eEVobAq5QunxFNXAGkoKllO4isKZkn.W',
    '$2x$10$mXeK1By5FG5YUQyR9zRV7eEVobAq5QunxFNXAGkoKllO4isKZkn.W',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    '$argon2id$v=19$m=19456,t=2,p=1$',
    `$argon2id$v=19$m=4294967295,t=2,p=1${digest}`,
    `$argon2id$v=19$m=19456,t=4294967295,p=1${digest}`,
    `$argon2id$v=19$m=1,t=1,p=1${digest}`,
    '$argon2id$v=19$m=19456,t=2,p=1$a$b',
    argon.replace('argon2id', 'argon2i'),
    argon.replace('argon2id', 'argon2d'),
  ];
  for (const hash of malformed) t.equal(await verifyPassword('x', hash), false, String(hash).slice(0, 24));
});

t.test('an unknown account takes as long as a known one', async (t) => {
  const own = await hashPassword('right');
  const readable = await hashPassword('right', { directusReadable: true });
  await burnPassword('warm');
  // One-sided and generous: what skips a hash of either kind is several times faster.
  for (const [kind, hash] of [
    ['argon2id', own],
    ['bcrypt', readable],
  ] as const) {
    const known = () => verifyPassword('wrong', hash);
    t.ok(await asSlow(() => burnPassword('wrong'), known), `no account, others having ${kind}`);
    t.ok(await asSlow(() => verifyPassword('wrong', null), known), `no password set, others having ${kind}`);
    t.ok(await asSlow(known, () => burnPassword('wrong')), `an account of ${kind}, others having none`);
  }
});
