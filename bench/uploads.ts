/** How fast files come in, and how much memory that takes: `node dist/bench/uploads.js [megabytes of the form] [megabytes by tus]`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const megabyte = 1024 * 1024;
/** What an upload may take beside an idle process. */
const wanted = 60;
const [formMegabytes = 200, tusMegabytes = 2048] = process.argv.slice(2).map(Number);
const authorization = 'Bearer demo-admin-token';

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(folder: string): Promise<Server> {
  const child = spawn(process.execPath, [resolve('dist/app/cli/index.js'), 'start', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (url !== undefined) return { child, url };
    if (child.exitCode !== null) throw new Error(said);
    await pause(50);
  }
}

/** Megabytes of the process, as the kernel counts them. */
async function memory({ child }: Server): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

const chunk = Buffer.alloc(megabyte / 4, 'sallyport');

/** So many bytes, never in one piece. */
async function* bytes(count: number): AsyncGenerator<Buffer> {
  for (let left = count; left > 0; left -= chunk.length) yield chunk.subarray(0, Math.min(left, chunk.length));
}

async function* form(count: number): AsyncGenerator<Buffer> {
  yield Buffer.from('--edge\r\nContent-Disposition: form-data; name="data"; filename="large.bin"\r\n\r\n');
  yield* bytes(count);
  yield Buffer.from('\r\n--edge--\r\n');
}

async function send(url: string, method: string, headers: Record<string, string>, body?: AsyncGenerator<Buffer>): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { authorization, ...headers },
    ...(body ? { body, duplex: 'half' } : {}),
  } as RequestInit);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

async function byForm({ url }: Server, count: number): Promise<void> {
  await (await send(`${url}/demo/files`, 'POST', { 'content-type': 'multipart/form-data; boundary=edge' }, form(count))).text();
}

async function byTus({ url }: Server, count: number): Promise<void> {
  const tus = { 'tus-resumable': '1.0.0' };
  const made = await send(`${url}/demo/files/tus`, 'POST', {
    ...tus,
    'upload-length': String(count),
    'upload-metadata': 'filename bGFyZ2UuYmlu',
  });
  const headers = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  await (await send(url + made.headers.get('location'), 'PATCH', headers, bytes(count))).text();
}

async function measured(
  server: Server,
  what: string,
  megabytes: number,
  run: (server: Server, count: number) => Promise<void>,
): Promise<void> {
  // What a first request loads is not the upload's.
  await run(server, 1000);
  await pause(1000);
  const idle = await memory(server);
  let [peak, over] = [idle, false];
  const watching = (async () => {
    for (; !over; await pause(20)) peak = Math.max(peak, await memory(server));
  })();
  const began = performance.now();
  await run(server, megabytes * megabyte);
  const seconds = (performance.now() - began) / 1000;
  over = true;
  await watching;
  const more = peak - idle;
  const verdict = more <= wanted ? 'within' : 'more than';
  console.log(
    `${what}, ${megabytes} MB: ${(megabytes / seconds).toFixed(0)} MB/s; ${more.toFixed(0)} MB above idle (${idle.toFixed(0)} MB), ${verdict} ${wanted} MB`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-uploads-'));
const server = await start(folder);
try {
  await measured(server, 'by a form', formMegabytes, byForm);
  await measured(server, 'by tus', tusMegabytes, byTus);
} finally {
  const over = new Promise((done) => server.child.once('exit', done));
  server.child.kill();
  await over;
  await rm(folder, { recursive: true, force: true });
}
