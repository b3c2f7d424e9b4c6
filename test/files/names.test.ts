/** Names that clients send, and names on disk. */
import t from 'tap';
import { isKey } from '../../src/files/keys.ts';
import { chosenDiskName, diskName, downloadName, privateHash, titleOf } from '../../src/files/names.ts';
import { GatewayError } from '../../src/lib/errors.ts';

/** Whether the name is refused as a name. */
function isRefused(name: string): boolean {
  try {
    downloadName(name);
    return false;
  } catch (error) {
    return error instanceof GatewayError && error.kind === 'validation';
  }
}

t.test('names that are offered for download', async (t) => {
  const good = ['a.txt', 'Grüße 1.txt', '写真.jpg', 'a"b;c.txt', '.htaccess', 'con.txt'];
  t.same(
    good.map(downloadName),
    good.map((name) => name.normalize('NFC')),
    'names of any letters',
  );
  const bad = ['', ' ', '.', '..', 'a/b', 'a\\b', 'a\u0000b', 'a\r\nb', 'a\u202eb', 'a\u200bb', '\ufeff', 'a\u2028b', 'x'.repeat(256)];
  t.same(
    bad.filter((name) => !isRefused(name)),
    [],
    'what is no name, or not what it looks like, is refused',
  );
});

t.test('names on disk are keys, and no two are the same', async (t) => {
  const sent = ['Pier.jpg', '../../etc/passwd', '.htaccess', '', '\u0000', 'x'.repeat(300), 'Größe'];
  for (const naming of ['uuid', 'file_name', null, 'nonsense']) {
    const names = sent.flatMap((name) => [diskName(naming, name, 'jpg'), diskName(naming, name, 'jpg')]);
    t.equal(new Set(names).size, names.length, `${naming}: ${names[0]}`);
    t.ok(
      names.every((name) => isKey(name) && !name.includes('/')),
      `${naming}: keys`,
    );
  }
  t.match(diskName('file_name', 'Größe der Tür.jpg', 'jpg'), /^grosse-der-tur-[0-9a-f]{8}\.jpg$|^gro-?e-der-tur-[0-9a-f]{8}\.jpg$/);
  for (const name of ['', '.a', 'a/b', 'a b', 'ä', '..', 'a'.repeat(201)]) t.throws(() => chosenDiskName(name), GatewayError, name);
  t.match(privateHash(), /^[0-9a-z]{16}$/);
});

t.test('titles are made of names', async (t) => {
  t.same(['pier.jpg', 'the_old-shed.txt', 'élan', '.txt', 'a.b.c'].map(titleOf), ['Pier', 'The Old Shed', 'Élan', '.txt', 'A.b']);
});
