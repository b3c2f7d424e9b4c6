/** Promise: an upload that is refused, cut or that fails leaves neither a row nor content, and is told in a sentence. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { tokens } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import { refused, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type FormPart, formBytes, formType, type UploadGarden } from '../support/uploading.ts';

async function count(garden: UploadGarden): Promise<number> {
  return (await garden.rows('directus_files')).length;
}

/** Neither a row more nor content more than before. */
async function leavesNothing(t: Tester, garden: UploadGarden, what: string, run: () => Promise<void>): Promise<void> {
  const before = [await count(garden), await garden.stored()];
  await run();
  t.same([await count(garden), await garden.stored()], before, `${what}: nothing is left`);
}

async function badForms(t: Tester, garden: UploadGarden): Promise<void> {
  const cases: readonly (readonly [string, readonly FormPart[], number, number])[] = [
    ['an empty file', [['data', '', 'a.txt']], 422, 4],
    ['a file too large', [['data', Buffer.alloc(300_001, 'a'), 'a.txt']], 422, 4],
    [
      'the second too large',
      [
        ['a', 'a', 'a.txt'],
        ['b', Buffer.alloc(300_001, 'a'), 'b.txt'],
      ],
      422,
      4,
    ],
    ['no file', [['title', 'x']], 422, 4],
    ['a path', [['data', 'x', '../../etc/passwd']], 422, 4],
    ['a path of Windows', [['data', 'x', 'C:\\\\x.txt']], 422, 4],
    ['a mark of direction', [['data', 'x', 'photo\u202egpj.exe']], 422, 4],
    ['nothing that is seen', [['data', 'x', '\u200b']], 422, 4],
    ['a name too long', [['data', 'x', `${'x'.repeat(300)}.txt`]], 422, 4],
    [
      'another storage',
      [
        ['storage', 's3'],
        ['data', 'x', 'x.txt'],
      ],
      422,
      4,
    ],
    [
      'another checksum',
      [
        ['data', 'x', 'x.txt'],
        ['checksum', 'a'.repeat(32)],
      ],
      422,
      4,
    ],
    [
      'a field that is none',
      [
        ['nope', 'x'],
        ['data', 'x', 'x.txt'],
      ],
      422,
      12,
    ],
    [
      'no folder',
      [
        ['folder', '4711'],
        ['data', 'x', 'x.txt'],
      ],
      422,
      4,
    ],
    ['too many files', Array.from({ length: 4 }, (_, i) => [`f${i}`, 'x', 'x.txt'] as const), 400, 13],
    [
      'a field of the prototype',
      [
        ['__proto__', 'x'],
        ['data', 'x', 'x.txt'],
      ],
      400,
      13,
    ],
  ];
  for (const [what, parts, status, code] of cases) {
    await leavesNothing(t, garden, what, async () => refused(t, await garden.form(parts), status, code, what));
  }
  const whole = formBytes([['data', 'content', 'x.txt']]);
  for (const [what, body, type] of [
    ['a form without an end', whole.subarray(0, whole.length - 12), formType],
    ['a form without a boundary', whole, 'multipart/form-data'],
    ['no form', Buffer.from('hello'), formType],
    ['an empty form', Buffer.alloc(0), formType],
  ] as const) {
    await leavesNothing(t, garden, what, async () => {
      const response = await fetch(`${garden.gateway.url}/garden/files`, {
        method: 'POST',
        headers: { 'content-type': type, authorization: `Bearer ${tokens.admin}` },
        body,
      });
      t.ok([400, 422].includes(response.status), `${what}: ${response.status} ${await response.text()}`);
    });
  }
}

async function badBodies(t: Tester, garden: UploadGarden): Promise<void> {
  const names = { filename_disk: 'a.txt', filename_download: 'a.txt' };
  const x = Buffer.from('x').toString('base64');
  const cases: readonly (readonly [string, unknown, number, number])[] = [
    ['nothing', {}, 422, 4],
    ['no content', names, 422, 4],
    ['no names', { data: x }, 422, 4],
    ['no base64', { ...names, data: 'ö' }, 422, 4],
    ['an empty data URL', { ...names, data: 'data:text/plain;base64,' }, 422, 4],
    ['a null byte in a name', { ...names, filename_download: 'a\u0000.txt', data: x }, 422, 4],
    ['a list', [{ ...names, data: x }], 400, 15],
    ['no object', 'x', 400, 13],
    ['a film of no host', { data: 'https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ' }, 422, 4],
  ];
  for (const [what, body, status, code] of cases) {
    await leavesNothing(t, garden, what, async () => refused(t, await garden.send('POST', 'files', body), status, code, what));
  }
}

/** The content of several files does not come with what is said of them: it is refused, and not passed over. */
async function badBatches(t: Tester, garden: UploadGarden): Promise<void> {
  const made = await garden.form([['data', 'x', 'one.txt']]);
  const id = Number(at(made.json, 'data', 'id'));
  await leavesNothing(t, garden, 'content among changes', async () => {
    for (const [path, body] of [
      ['files', [{ id, title: 'y', data: 'eA==' }]],
      [`files/${id},${id}`, { title: 'y', data: 'eA==' }],
    ] as const) {
      refused(t, await garden.send('PATCH', path, body), 400, 15, path);
    }
  });
  t.strictSame(at((await garden.get(`files/${id}?fields=title`, 'admin')).json, 'data'), { title: 'One' });
}

async function badNames(t: Tester, garden: UploadGarden): Promise<void> {
  const made = await garden.form([['data', 'x', 'fine.txt']]);
  const id = at(made.json, 'data', 'id');
  const name = async (): Promise<unknown> => (await garden.rows('directus_files', { id }))[0]?.['filename_download'];
  for (const wrong of ['../up.txt', 'a\\b.txt', 'a\r\nb: c.txt', 'gnp\u202e.exe', 'a\u200b.txt', '..', '', ' ', null]) {
    const said = JSON.stringify(wrong);
    refused(t, await garden.send('PATCH', `files/${id}`, { filename_download: wrong }), 422, 4, said);
    const query = `mutation ($name: String) { update_directus_files_item(id: ${id}, data: { filename_download: $name }) { id } }`;
    const typed = await garden.send('POST', 'gql', { query, variables: { name: wrong } });
    t.match(at(typed.json, 'errors', 0, 'message'), /^filename_download: /, `${said} over GraphQL (${told(typed)})`);
  }
  t.equal(await name(), 'fine.txt', 'it is called as before');
  t.equal((await garden.send('PATCH', `files/${id}`, { filename_download: 'Grüße – 2.txt' })).status, 200);
  t.equal(await name(), 'Grüße – 2.txt');
}

async function settings(t: Tester, garden: UploadGarden): Promise<void> {
  const set = async (key: string, value: string): Promise<void> => {
    const [row] = await garden.rows('directus_settings', { key });
    const answer = row
      ? await garden.send('PATCH', `settings/${row['id']}`, { value })
      : await garden.send('POST', 'settings', { key, value });
    t.equal(answer.status, 200, told(answer));
  };
  await set('file_mimetype_whitelist', 'image/*,text/csv');
  await leavesNothing(t, garden, 'a type', async () =>
    refused(t, await garden.form([['data', 'x', 'x.png']]), 422, 4, 'text that is called a picture'),
  );
  t.equal((await garden.form([['data', 'a,b', 'x.csv']])).status, 200, 'a type that is taken');
  await set('file_mimetype_whitelist', '');
  await set('file_max_size', '1KB');
  await leavesNothing(t, garden, 'a size', async () =>
    refused(t, await garden.form([['data', 'x'.repeat(1025), 'x.txt']]), 422, 4, 'over the setting'),
  );
  await set('file_max_size', '0');
  await set('file_naming', 'file_name');
  const named = await garden.form([['data', 'x', 'Größe der Tür.txt']]);
  t.match(named.text, /"filename_disk":"gro[a-z-]*-tur-[0-9a-f]{8}\.txt"/, told(named));
}

/** Sends half of a form and hangs up. */
async function cut(t: Tester, garden: UploadGarden): Promise<void> {
  await leavesNothing(t, garden, 'a socket that is cut', async () => {
    const { hostname, port } = new URL(garden.gateway.url);
    const whole = formBytes([['data', Buffer.alloc(200_000, 'a'), 'a.txt']]);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `POST /garden/files HTTP/1.1\r\nHost: garden.test\r\nAuthorization: Bearer ${tokens.admin}\r\nContent-Type: ${formType}\r\nContent-Length: ${whole.length}\r\n\r\n`,
    );
    socket.write(whole.subarray(0, 120_000));
    t.ok(await eventually(async () => (await garden.stored()).some((name) => name.includes('unfinished'))), 'it was under way');
    socket.destroy();
    t.ok(await eventually(async () => !(await garden.stored()).some((name) => name.includes('unfinished'))), 'and is given up');
  });
}

async function failing(t: Tester, garden: UploadGarden): Promise<void> {
  const { connection } = garden.gateway;
  if (!connection) throw new Error('The garden is not open');
  const { transaction } = connection;
  const file: readonly FormPart[] = [['data', 'x', 'x.txt']];
  await leavesNothing(t, garden, 'a database that fails at the end', async () => {
    connection.transaction = (run) =>
      transaction.call(connection, async (inside) => {
        // What would travel with the commit goes before it.
        await run(Object.assign(Object.create(inside), { last: (work: () => Promise<unknown>) => work() }));
        throw new Error('the connection broke');
      }) as never;
    t.equal((await garden.form(file)).status, 500, 'it is told');
    connection.transaction = transaction;
  });
  const kept = await garden.rows('directus_files');
  const [first] = kept;
  await leavesNothing(t, garden, 'a change that fails', async () => {
    connection.transaction = () => Promise.reject(new Error('the connection broke'));
    t.equal((await garden.send('PATCH', `files/${first?.['id']}`, { data: 'eA==' })).status, 500, 'it is told');
    connection.transaction = transaction;
  });
  t.equal((await garden.form(file)).status, 200, 'the next one is kept');
}

/** A folder in whose place there is a file. */
async function noStorage(t: Tester, garden: UploadGarden): Promise<void> {
  const before = await count(garden);
  await rm(garden.root, { recursive: true, force: true });
  await mkdir(dirname(garden.root), { recursive: true });
  await writeFile(garden.root, 'no folder');
  await chmod(garden.root, 0o600);
  refused(t, await garden.form([['data', 'x', 'x.txt']]), 503, 600, 'a storage that fails');
  t.equal(await count(garden), before, 'no row');
}

/** All of it, in a garden that takes 3 files of 300,000 bytes at once; it ends with a garden that stores nothing any more. */
export async function uploadFaults(t: Tester, garden: UploadGarden): Promise<void> {
  const parts = { badForms, badBodies, badBatches, badNames, settings, cut, failing, noStorage };
  for (const [name, part] of Object.entries(parts)) await t.test(name, (t) => part(t, garden));
}
