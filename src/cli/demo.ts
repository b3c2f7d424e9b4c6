/** The embedded demo project: made once, and told about again at later starts. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { newSecret, shortPath } from '../config/project-file.ts';
import type { DemoSummary } from '../demo/index.ts';
import { vendorOf } from '../vendors/index.ts';
import { saveProjectFile } from './projects.ts';
import type { Terminal } from './terminal.ts';

const key = 'demo';

/** The demo's data: `data` for the default folder of projects, else a folder inside the one given, so that two never share. */
function places(folder: string) {
  const data = resolve(folder) === resolve('projects') ? resolve('data') : join(resolve(folder), 'data');
  return {
    file: join(folder, `${key}.json`),
    database: join(data, 'demo.sqlite'),
    storage: join(data, 'demo-files'),
    summary: join(data, 'demo.summary.json'),
  };
}

/** Whether the folder's demo project is there. */
export function hasDemo(folder: string): boolean {
  return existsSync(places(folder).file);
}

/** What was told when the demo was made; undefined when that is not there any more. */
export async function demoSummary(folder: string): Promise<DemoSummary | undefined> {
  try {
    return JSON.parse(await readFile(places(folder).summary, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Makes the demo's database, files and project file, the last at the end: an interrupted run is made whole by the next one.
 */
export async function makeDemo(terminal: Terminal, folder: string): Promise<DemoSummary> {
  const place = places(folder);
  // With what draws its pictures it takes longer to load than everything that serves.
  const { createDemo } = await import('../demo/index.ts');
  await mkdir(dirname(place.database), { recursive: true });
  const connection = await vendorOf('better-sqlite3').connect({
    client: 'better-sqlite3',
    connection: { filename: place.database, create: true },
  });
  let summary: DemoSummary;
  try {
    summary = await terminal.step(
      'Making the demo project',
      (progress) =>
        createDemo(connection, {
          storageRoot: place.storage,
          onProgress: (step, done, total) => progress(`${step} (${done} of ${total})`),
        }),
      ({ collections, rows, images }) => `The demo project has ${collections} collections, ${rows} rows and ${images} images`,
    );
  } finally {
    await connection.close();
  }
  await writeFile(place.summary, `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 });
  await saveProjectFile(folder, {
    key,
    content: {
      database: { client: 'better-sqlite3', connection: { filename: shortPath(place.database) } },
      secret: newSecret(),
      storage: { driver: 'local', root: shortPath(place.storage) },
      surfaces: { strapi: true, payload: true },
    },
  });
  return summary;
}

/** One curl line, quoted for a POSIX shell; `-g` keeps brackets as they are. */
function curl(base: string, path: string, token: string | undefined): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return `curl -g ${token === undefined ? '' : `-H ${quoted(`Authorization: Bearer ${token}`)} `}${quoted(base + path)}`;
}

/** What to do with the demo, in lines that can be pasted. */
export function tellDemo(summary: DemoSummary, base: string, brief: boolean): string[] {
  const { admin, editor, curls } = summary;
  const lines = [
    `Demo project   ${base}/${key}/`,
    `Sign-in        ${admin.email} / ${admin.password}`,
    `Token          ${admin.token}`,
    `Editor         ${editor.email} / ${editor.password}, token ${editor.token}`,
  ];
  const examples = curls.flatMap(({ title, path, token }) => [`# ${title}`, curl(base, path, token)]);
  return brief
    ? [...lines, '', ...examples]
    : [...lines, '', 'Try:', '', ...examples, '', 'Your own database: npx sallyport init <database-url>'];
}

export interface DemoFlags {
  readonly projects: string;
}

/** `sallyport demo`: makes the demo project, or says again what there is. */
export async function demoCommand(terminal: Terminal, flags: DemoFlags): Promise<void> {
  const summary = hasDemo(flags.projects) ? await demoSummary(flags.projects) : await makeDemo(terminal, flags.projects);
  if (summary === undefined) {
    terminal.say('The demo project is there.');
    return;
  }
  for (const line of tellDemo(summary, 'http://127.0.0.1:8055', false)) terminal.say(line);
  terminal.say('Start it with: sallyport start');
}
