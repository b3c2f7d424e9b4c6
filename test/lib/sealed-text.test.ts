import fc from 'fast-check';
import t from 'tap';
import { createSealer } from '../../src/lib/sealed-text.ts';

const sealer = createSealer('a secret of the project', 'cursors');

t.test('what is sealed comes back, for the same secret and purpose alone', async (t) => {
  for (const text of ['', 'a', 'größer ☃ 😀', 'x'.repeat(100_000)]) {
    const sealed = sealer.seal(text);
    t.match(sealed, /^[\w-]+$/, 'letters for a URL');
    t.equal(sealer.open(sealed), text);
    t.equal(createSealer('a secret of the project', 'cursors').open(sealed), text, 'also in another process');
    t.equal(createSealer('a secret of the project', 'others').open(sealed), undefined);
    t.equal(createSealer('another secret of it all', 'cursors').open(sealed), undefined);
    t.not(sealer.seal(text), sealed, 'never the same twice');
  }
});

t.test('nothing shows of what is inside', async (t) => {
  const sealed = sealer.seal('{"key":"hidden"}');
  t.notMatch(sealed, /hidden/);
  t.notMatch(Buffer.from(sealed, 'base64url').toString('latin1'), /hidden|key/);
});

t.test('what was changed, cut or made up is not opened', async (t) => {
  const sealed = sealer.seal('a text');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let at = 0; at < sealed.length; at += 1) {
    const other = letters[(letters.indexOf(sealed[at] ?? 'A') + 1) % 64];
    t.equal(sealer.open(sealed.slice(0, at) + other + sealed.slice(at + 1)), undefined, `another letter at ${at}`);
    t.equal(sealer.open(sealed.slice(0, at)), undefined, `cut at ${at}`);
  }
  for (const other of [`${sealed}=`, ` ${sealed}`, `${sealed}A`, sealed + sealed, sealed.replaceAll('-', '+'), '☃']) {
    if (other !== sealed) t.equal(sealer.open(other), undefined, other);
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => sealer.open(text) === undefined));
});
