/** Promise: what the documents of Strapi's and Payload's dialects say can be called, writes too, and answers as they say. */
import createClient from 'openapi-fetch';
import qs from 'qs';
import { adminToken } from '../fixtures/garden-people.ts';
import { type Dialect, dialectProgram, madeBy, programHead } from '../support/dialect-calls.ts';
import type { Feature, Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import type { GatewaySettings } from '../support/gateway.ts';
import { at, type Json } from '../support/http.ts';
import { openMailbox } from '../support/mailbox.ts';
import { clientTypes, compilerFaults, faultsOf, type Operation, operationsOf, validatorOf } from '../support/openapi.ts';
import { picture } from '../support/openapi-calls.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

interface Told {
  readonly response: { readonly status: number };
  readonly data?: unknown;
  readonly error?: unknown;
}

/** New rows of a view of which MySQL says that it can be changed, and what would be asked of them. */
const refused: ReadonlySet<string> = new Set(['create', 'duplicate', 'version_of', 'restore'].map((verb) => `${verb}_plant_overview`));

function formOf(part: string): FormData {
  const form = new FormData();
  const bytes = Buffer.from(picture.slice(picture.indexOf(',') + 1), 'base64');
  form.append(part, new Blob([bytes], { type: 'image/png' }), 'dot.png');
  return form;
}

/** The row that an answer tells of, wherever the dialect has it. */
function rowIn(answer: Json): Json | undefined {
  return at(answer, 'doc') ?? at(answer, 'data') ?? at(answer, 0) ?? answer;
}

/** Runs the program, holding every answer against the document; gives the ids of what was called. */
async function run(t: Tester, garden: OwnGarden, dialect: Dialect, document: Json, body: string, reset: () => Promise<string>) {
  const operations = new Map(operationsOf(document).map((one) => [one.id, one]));
  const faults = validatorOf(document);
  const ids = new Map<string, string>();
  const called: string[] = [];
  const learn = (operation: Operation, answer: Json): void => {
    const row = rowIn(answer);
    ids.set(madeBy(operation), String(at(row, 'id')));
    const filename = at(row, 'filename');
    if (filename) ids.set('filename', String(filename));
    const token = at(answer, 'jwt') ?? at(answer, 'refreshedToken') ?? at(answer, 'token');
    if (token && operation.id !== 'read_me') ids.set('token', String(token));
  };
  const w = {
    reset,
    id: (name: string) => ids.get(name) ?? '1',
    form: formOf,
    tell(id: string, { response, data, error }: Told) {
      const operation = operations.get(id);
      if (!operation) return void t.fail(`${id} is not in the document`);
      called.push(id);
      const value = (data ?? error ?? null) as Json;
      const { status } = response;
      if (refused.has(id) && status >= 400) return;
      t.ok(status >= 200 && status < 300, `${dialect}: ${id}: ${status} ${JSON.stringify(value)?.slice(0, 300)}`);
      if (status >= 300) return;
      t.strictSame(status === 204 ? [] : faults(operation, status, value), [], `${dialect}: ${id} answers as the document says`);
      if (id.startsWith('versions_of_')) ids.set(`version ${id.slice('versions_of_'.length)}`, String(at(value, 'docs', 0, 'id')));
      if (operation.method !== 'get') learn(operation, value);
    },
  };
  const client = createClient({
    baseUrl: `${garden.gateway.url}/garden/${dialect}/api`,
    headers: { authorization: `Bearer ${adminToken}` },
    querySerializer: (query) => qs.stringify(query, { arrayFormat: 'comma', encodeValuesOnly: true }),
  });
  const program = new Function('client', 'w', `return (async () => { ${body.replaceAll(' as never', '')} })()`) as (
    client: unknown,
    w: unknown,
  ) => Promise<void>;
  await program(client, w);
  return called;
}

interface Calls {
  readonly dialect: Dialect;
  readonly settings?: GatewaySettings;
  /** Files for the compiler, by their names. */
  readonly files?: Record<string, string>;
}

async function calls(t: Tester, world: World, { dialect, settings, files }: Calls): Promise<void> {
  const mailbox = await openMailbox();
  const mail = { url: mailbox.url, from: 'gate@garden.test', publicUrl: 'https://gate.garden.test/' };
  try {
    await ownGarden(
      world,
      async (garden) => {
        // One of the collections is a single type, and a global.
        await garden.send('PATCH', 'collections/bad_status', { single: true });
        const { json: document, text } = await garden.get(`openapi.json?surface=${dialect}`, 'admin');
        const operations = operationsOf(document);
        const body = dialectProgram(dialect, operations);
        const called = await run(t, garden, dialect, document, body, async () => {
          await mailbox.holds(1);
          return /token=([\w.~-]+)/.exec(mailbox.mails[0]?.text.replaceAll('&amp;', '&') ?? '')?.[1] ?? 'none';
        });
        t.strictSame(called.sort(), operations.map(({ id }) => id).sort(), `${dialect}: every operation was called`);
        if (!files) return;
        t.strictSame(await faultsOf(text), [], `${dialect}: a document by the rules`);
        files[`${dialect}.ts`] = await clientTypes(document);
        files[`${dialect}-program.ts`] =
          `import type createClient from 'openapi-fetch';\nimport type { paths } from './${dialect}.ts';\n${programHead}\nexport async function run(client: Client, w: World): Promise<void> {\n${body}\n}`;
      },
      { mail, surfaces: { [dialect]: true }, ...settings },
    );
  } finally {
    await mailbox.close();
  }
}

export const contractDialectCalls: Feature = {
  promise: 'clients made of the documents of other dialects work',
  databaseIndependent: 'what clients make of answers that other promises look at',
  async run(t, world) {
    // The compiler and the linter are the same everywhere, and take their time; so are the forms of Strapi's versions.
    const once = world.vendor === 'sqlite';
    const files: Record<string, string> = {};
    const compiled = once ? { files } : {};
    const strapi = { registerRole: 3 };
    await t.test('strapi', (t) => calls(t, world, { dialect: 'strapi', settings: { strapi }, ...compiled }));
    await t.test('payload', (t) => calls(t, world, { dialect: 'payload', ...compiled }));
    if (!once) return;
    await t.test('strapi, v5', (t) => calls(t, world, { dialect: 'strapi', settings: { strapi: { ...strapi, format: 'v5' } } }));
    t.strictSame(compilerFaults(files), [], 'the clients compile');
  },
};
