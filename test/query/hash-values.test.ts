/** Plain text that is stored as its hash. */
import { verify } from '@node-rs/bcrypt';
import t from 'tap';
import type { Stored } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { hashValues } from '../../src/query/hash-values.ts';
import type { Field } from '../../src/schema/types.ts';
import { fieldRow } from '../schema/tables.ts';
import { fieldOf } from './fields.ts';

function hashField(hasher?: unknown, length?: number): Field {
  const plain = fieldOf('secret');
  const column = length === undefined ? plain.column : { ...plain.column, length };
  return {
    ...plain,
    type: 'hash',
    column,
    meta: fieldRow('plants', 'secret', 'hash', { options: hasher === undefined ? null : { hasher } }),
  };
}

const hashed = async (field: Field, value: Stored): Promise<Stored | undefined> => (await hashValues(new Map([[field, value]]))).get(field);

t.test('bcrypt, in the form that PHP reads', async (t) => {
  for (const hasher of [undefined, '', 'core', 'bcrypt', 'BCRYPT']) {
    const hash = String(await hashed(hashField(hasher), 'päss'));
    t.match(hash, /^\$2y\$10\$/);
    t.ok(await verify('päss', hash), String(hasher));
  }
});

t.test('digests', async (t) => {
  const field = (hasher: string) => hashed(hashField(hasher), 'abc');
  t.equal(await field('md5'), '900150983cd24fb0d6963f7d28e17f72');
  t.equal(await field('sha1'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  t.equal(await field('sha224'), '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7');
  for (const [hasher, length] of [
    ['sha256', 64],
    ['sha384', 96],
    ['sha512', 128],
  ] as const)
    t.equal(String(await field(hasher)).length, length);
});

t.test('what is no secret stays what it is', async (t) => {
  const [field, other] = [hashField(), fieldOf('title')];
  t.same(
    [
      ...(await hashValues(
        new Map<Field, Stored>([
          [field, null],
          [other, 'plain'],
        ]),
      )),
    ],
    [
      [field, null],
      [other, 'plain'],
    ],
  );
});

t.test('unknown hashers, and columns that are too short', async (t) => {
  for (const field of [hashField('rot13'), hashField('core', 59), hashField('md5', 31)])
    await t.rejects(hashed(field, 'geheim'), GatewayError);
  t.equal(String(await hashed(hashField('md5', 32), 'geheim')).length, 32);
});
