/** Parts of uploads that nobody goes on with expire, and go. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import t from 'tap';
import { openResumable, type ResumableUploads } from '../../src/files/resumable.ts';
import { eventually } from '../support/eventually.ts';

const hour = 3_600_000;

function send(uploads: ResumableUploads, method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
  return uploads.handle({
    method,
    url: `http://localhost${path}`,
    headers: new Headers({ 'tus-resumable': '1.0.0', ...headers }),
    body: body === undefined ? null : new Blob([body]).stream(),
    owner: '1',
    mostBytes: 1000,
  });
}

async function begun(uploads: ResumableUploads): Promise<string> {
  const made = await send(uploads, 'POST', '/tus', { 'upload-length': '6' });
  return String(made.headers.get('location'));
}

const half = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };

t.test('an upload that is never finished', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-parts-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const uploads = await openResumable(folder, '/tus', 2);
  const [old, young] = [await begun(uploads), await begun(uploads)];
  for (const path of [old, young]) {
    const answer = await send(uploads, 'PATCH', path, half, 'abc');
    const expires = Date.parse(String(answer.headers.get('upload-expires'))) - Date.now();
    t.ok(answer.status === 204 && expires > hour && expires <= 2 * hour, 'it is told when it expires');
  }
  const id = (path: string): string => path.slice('/tus/'.length);
  const note = join(folder, `${id(old)}.json`);
  const noted = JSON.parse(await readFile(note, 'utf8'));
  await writeFile(note, JSON.stringify({ ...noted, creation_date: new Date(Date.now() - 3 * hour).toISOString() }));
  const late = await send(uploads, 'PATCH', old, { ...half, 'upload-offset': '3' }, 'def');
  t.equal(late.status, 410, 'it does not go on');

  // A process that begins looks at what others have left.
  const again = await openResumable(folder, '/tus', 2);
  await send(again, 'HEAD', young, {});
  t.ok(await eventually(async () => (await readdir(folder)).length === 2), 'its parts go');
  t.equal((await again.find(id(young), '1'))?.offset, 3, 'not those of another');
});

t.test('an upload after which nobody uploads anything', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-parts-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
  t.teardown(() => mock.timers.reset());
  const uploads = await openResumable(folder, '/tus', 2);
  const path = await begun(uploads);
  await send(uploads, 'PATCH', path, half, 'abc');
  const left = async (wanted: number): Promise<number> => {
    for (let turns = 0; turns < 5000 && (await readdir(folder)).length !== wanted; turns += 1) await new Promise(setImmediate);
    return (await readdir(folder)).length;
  };
  mock.timers.tick(2 * hour - 1000);
  t.equal(await left(2), 2, 'its part and what is noted of it stay until then');
  mock.timers.tick(hour);
  t.equal(await left(0), 0, 'then they go by themselves');
});
