/**
 * Runs a page of the documentation again. Its blocks run in their order: `http` is asked and the `json` behind it is the answer (200 unless
 * its first line says `// 404`; the text "…" stands for any text), `ts` and `graphql` a part of a text with "…" for the rest, or `headers`, a
 * status and some headers of an answer that is no text, `sql file=x` runs in that database, `json file=x` becomes that file, `console` holds
 * commands behind `$` and what they say, with `…` for what changes. `events` is the beginning of a stream of events.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { type Running, run } from '../cli/support.ts';
import type { Tester } from './expect.ts';
import { type Answer, type Ask, ask, at, type Json } from './http.ts';
import { blocksOf } from './pages.ts';

/** How the pages name the server. */
export const shownUrl = 'http://127.0.0.1:8055';

/** JSON with its numbers as they are spelled. */
function spelled(text: string): Json {
  return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (found) => (found.startsWith('"') ? found : `"#${found}"`)));
}

/** The answer as the page shows it: where the page has "…", that is put for the text. Keys keep their order. */
function asShown(shown: Json, given: Json): Json {
  if (shown === '…' && typeof given === 'string') return shown;
  if (given === null || typeof given !== 'object') return given;
  if (Array.isArray(given)) return given.map((one, i) => asShown(at(shown, i), one));
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, asShown(at(shown, key), value)]));
}

interface Request {
  readonly path: string;
  readonly options: Ask;
}

function requestOf(body: string): Request {
  const [head = '', ...rest] = body.trimEnd().split('\n\n');
  const [line = '', ...headerLines] = head.split('\n');
  const [method = '', path = ''] = line.split(' ');
  const headers = Object.fromEntries(
    headerLines.map((header) => header.split(': ', 2)).map(([name = '', value = '']) => [name.toLowerCase(), value]),
  );
  // The lines of a form end as its standard wants.
  const isForm = headers['content-type']?.startsWith('multipart/') === true;
  const text = rest.join('\n\n');
  const sent = isForm ? `${text}\n`.replaceAll('\n', '\r\n') : text;
  return { path, options: { method, headers, ...(rest.length > 0 ? { body: sent } : {}) } };
}

/** Status and body in comparable text, both as the page shows them and as the answer is. */
function compared(shown: string, answer: Answer, url: string): { expected: string; actual: string } {
  const status = Number(/^\/\/ (\d+)\n/.exec(shown)?.[1] ?? 200);
  const expected = spelled(shown.replace(/^\/\/ \d+\n/, ''));
  const actual = asShown(expected, spelled(answer.text.replaceAll(url, shownUrl)));
  return { expected: JSON.stringify([status, expected], null, 1), actual: JSON.stringify([answer.status, actual], null, 1) };
}

/** A file's text, line by line. */
async function replayFile(t: Tester, server: Running, request: string, shown: string): Promise<void> {
  const { path, options } = requestOf(request);
  const answer = await ask(server.url, path, options);
  t.strictSame([answer.status, answer.text.replaceAll('\r\n', '\n')], [200, shown], request.trimEnd());
}

/** A text of which the page shows a part, with "…" for what it leaves out. */
async function replayText(t: Tester, server: Running, request: string, shown: string): Promise<void> {
  const { path, options } = requestOf(request);
  const answer = await ask(server.url, path, options);
  t.equal(answer.status, 200, request.trimEnd());
  t.match(answer.text, new RegExp(shown.trimEnd().split('…').map(escaped).join('[^]*')), request.trimEnd());
}

/** Status and those headers that the page shows, of an answer whose body is no text. */
async function replayHeaders(t: Tester, server: Running, request: string, shown: string): Promise<void> {
  const { path, options } = requestOf(request);
  const answer = await ask(server.url, path, options);
  const [status = '', ...lines] = shown.trimEnd().split('\n');
  t.equal(String(answer.status), status, request.trimEnd());
  for (const line of lines) {
    const [name = '', value = ''] = line.split(/: (.*)/s, 2);
    t.match(
      String(answer.headers[name.toLowerCase()]),
      new RegExp(`^${value.split('…').map(escaped).join('.+')}$`),
      `${request.trimEnd()}: ${name}`,
    );
  }
}

/** JSON without the blanks that some databases put into it. */
const tight = (json: string): string => json.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (part) => (part.startsWith('"') ? part : ''));

/** The beginning of a stream that has no end; `…` stands for what differs each time. */
async function replayEvents(t: Tester, server: Running, request: string, shown: string): Promise<void> {
  const { path, options } = requestOf(request);
  const stop = AbortSignal.timeout(20_000);
  const response = await fetch(`${server.url}${path}`, { headers: options.headers ?? {}, signal: stop });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.split('\n\n').length >= shown.trimEnd().split('\n\n').length + 1) break;
  }
  t.match(
    text.trimEnd().replace(/^data: .*$/gm, (line) => `data: ${tight(line.slice('data: '.length))}`),
    new RegExp(`^${shown.trimEnd().split('…').map(escaped).join('.+')}$`),
    request.trimEnd(),
  );
}

/** The cursor of the last answer that had one: a page cannot show one that will be the same, and has "…" in its place. */
const seen = { cursor: '' };

/** Asks until the answer is the one shown; after a change by others that may take as long as the gateway says it may. */
export async function replay(t: Tester, server: Running, request: string, shown: string, patient: boolean): Promise<void> {
  const { path, options } = requestOf(request.replace('cursor=…', `cursor=${seen.cursor}`));
  const until = Date.now() + (patient ? 20_000 : 0);
  for (;;) {
    const answer = await ask(server.url, path, options);
    const { expected, actual } = compared(shown, answer, server.url);
    const cursor = at(answer.json, 'meta', 'cursor');
    if (typeof cursor === 'string') seen.cursor = cursor;
    if (expected === actual || Date.now() > until) return void t.equal(actual, expected, request.trimEnd());
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** Runs each command of a console block and compares what it says. */
async function replayConsole(t: Tester, folder: string, body: string): Promise<void> {
  for (const part of body.split(/^\$ /m).slice(1)) {
    const [command = '', ...lines] = part.trimEnd().split('\n');
    const [program, ...args] = command.split(' ');
    const said = await run(folder, args);
    const pattern = lines.join('\n').trim().split('…').map(escaped).join('.*');
    t.equal(program, 'sallyport');
    // What takes long tells how far it is.
    const told = (said.out + said.err).replace(/^ {2}.* \(\d+ of \d+\)\n/gm, '').trim();
    t.match(told, new RegExp(`^${pattern}$`), `$ ${command}`);
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Waits until the server serves every project file of the folder. */
async function allServed(server: Running, folder: string): Promise<void> {
  const keys = (await readdir(join(folder, 'projects'))).map((file) => file.replace(/\.json$/, ''));
  for (const until = Date.now() + 20_000; Date.now() < until; await new Promise((done) => setTimeout(done, 100))) {
    const served = at((await ask(server.url, '/server/projects')).json, 'data');
    if (Array.isArray(served) && keys.every((key) => served.includes(key))) return;
  }
}

/** Runs a page's statements in the SQLite file that it names. */
function runSqlite(file: string, text: string): void {
  const database = new Database(file);
  try {
    database.exec(text);
  } finally {
    database.close();
  }
}

/** Where a page is run. */
export interface Place {
  readonly server: Running;
  readonly folder: string;
  /** Runs statements in the database that the page calls by a file's name. */
  sql(file: string, text: string): Promise<void> | void;
  /** What a file of the page becomes. */
  content(file: string, text: string): Promise<string> | string;
  /** Whether the answer is none that the page could show. */
  ownAnswer?(request: string): boolean;
}

/** On the database that the page itself names. */
export const asWritten = (server: Running, folder: string): Place => ({
  server,
  folder,
  sql: (file, text) => runSqlite(join(folder, file), text),
  content: (_, text) => text,
});

/** Runs the blocks of a page in their order. */
export async function replayPage(t: Tester, { server, folder, ...place }: Place, text: string): Promise<void> {
  let asked: string | undefined;
  let changed = false;
  for (const { info, body } of blocksOf(text)) {
    const [language = '', file] = info.split(' file=');
    const answers = ['json', 'ndjson', 'csv', 'headers', 'ts', 'graphql', 'events'].includes(language) && file === undefined;
    if (asked !== undefined && !answers) t.fail(`${asked} has no answer behind it`);
    if (language === 'http') asked = body;
    else if (file !== undefined) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      if (language === 'sql') await place.sql(file, body);
      else await writeFile(join(folder, file), await place.content(file, body));
      changed = true;
    } else if (language === 'console') {
      await replayConsole(t, folder, body);
      await allServed(server, folder);
    } else if (asked === undefined) t.fail(`nothing is known of a block "${info}" without a request before it`);
    else {
      if (place.ownAnswer?.(asked)) t.pass('the database says it in its own way');
      else if (language === 'headers') await replayHeaders(t, server, asked, body);
      else if (language === 'events') await replayEvents(t, server, asked, body);
      else if (language === 'ts' || language === 'graphql') await replayText(t, server, asked, body);
      else if (language === 'json') await replay(t, server, asked, body, changed);
      else await replayFile(t, server, asked, body);
      asked = undefined;
      changed = false;
    }
  }
  t.equal(asked, undefined, 'the last request has its answer');
}
