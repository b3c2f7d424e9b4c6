/** Promise: the documents of the other dialects are as their surfaces answer, and name nothing that is hidden. */
import type { Who } from '../fixtures/garden-people.ts';
import { tokens } from '../fixtures/garden-people.ts';
import { type Feature, refused, type Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Gateway, type GatewaySettings, project, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at, type Json } from '../support/http.ts';
import { faultsOf, operationsOf, validatorOf } from '../support/openapi.ts';
import { hiddenFrom } from '../support/readable-names.ts';

type Dialect = 'strapi' | 'payload';

/** What lists are asked for: everything that they lead to. */
const everything = { strapi: '?populate=*&publicationState=preview', payload: '?depth=2&limit=20' } as const;

/** Words of the dialect itself, of which the garden has columns too. */
const own: Readonly<Record<Dialect, ReadonlySet<string>>> = { strapi: new Set(), payload: new Set(['doc']) };

const firstKey = (dialect: Dialect, list: Json): Json => at(list, dialect === 'strapi' ? 'data' : 'docs', 0, 'id');

/** Every list, and the first row of each, as the document has them. */
async function answers(t: Tester, { url }: Gateway, dialect: Dialect, who: Who | null, document: Json, label: string): Promise<void> {
  const get = (path: string): Promise<Answer> => ask(url, `/${project}/${dialect}/api${path}`, who ? { token: tokens[who] } : {});
  const faults = validatorOf(document);
  const operations = operationsOf(document).filter(({ method }) => method === 'get');
  const keys = new Map<string, Json>();
  for (const operation of operations.filter(({ path }) => !path.includes('{'))) {
    const list = /^(list|find)_/.test(operation.id) && !['list_users', 'list_files', 'find_global'].includes(operation.id);
    const { status, json, text } = await get(`${operation.path}${list ? everything[dialect] : ''}`);
    t.equal(status, 200, `${label}: ${operation.id} is answered (${text.slice(0, 200)})`);
    t.strictSame(status === 200 ? faults(operation, 200, json) : [], [], `${label}: ${operation.id}`);
    if (list) keys.set(operation.path, firstKey(dialect, json));
  }
  for (const operation of operations.filter(({ path }) => path.endsWith('/{id}'))) {
    const id = keys.get(operation.path.replace('/{id}', ''));
    if (id === undefined || id === null) continue;
    const { status, json } = await get(operation.path.replace('{id}', encodeURIComponent(String(id))));
    // What a list shows as a draft is nobody's by its key.
    t.strictSame(status === 200 ? faults(operation, 200, json) : [], [], `${label}: ${operation.id}`);
    t.ok(status === 200 || status === 404, `${label}: ${operation.id} ${status}`);
  }
}

async function dialects(
  t: Tester,
  world: World,
  settings: GatewaySettings,
  all: readonly Dialect[],
  people: readonly (Who | null)[],
): Promise<void> {
  const gateway = await startGateway({ [project]: world.config }, {}, undefined, {
    surfaces: { strapi: true, payload: true },
    ...settings,
  });
  try {
    for (const who of people) {
      const hidden = who === 'admin' ? [] : [...(await hiddenFrom(world, who))];
      for (const dialect of all) {
        const label = `${dialect}, ${who ?? 'public'}`;
        const answer = await ask(gateway.url, `/${project}/openapi.json?surface=${dialect}`, who ? { token: tokens[who] } : {});
        t.equal(answer.status, 200, label);
        // The administrator's is the same but longer.
        if (who !== 'admin') t.strictSame(await faultsOf(answer.text), [], `${label}: a document by the rules`);
        const found = hidden.filter((word) => !own[dialect].has(word) && new RegExp(`\\b${word}\\b`).test(answer.text));
        t.strictSame(found, [], `${label}: nothing that is hidden`);
        t.ok(operationsOf(answer.json).length > 4, `${label}: there is something`);
        await answers(t, gateway, dialect, who, answer.json, label);
      }
    }
    if (settings.surfaces && !settings.surfaces.payload) {
      refused(t, await ask(gateway.url, `/${project}/openapi.json?surface=payload`), 422, 4, 'a surface that is not served');
    }
  } finally {
    await gateway.close();
  }
}

export const contractDialects: Feature = {
  promise: 'documents of other dialects are as these answer',
  databaseIndependent: 'documents made of the schema and the rules',
  async run(t, world) {
    // Rights are the same on every database; values are not.
    await dialects(t, world, {}, ['strapi', 'payload'], world.vendor === 'sqlite' ? ['admin', 'editor'] : ['admin']);
    await dialects(t, world, { surfaces: { strapi: true }, strapi: { format: 'v5' } }, ['strapi'], [null]);
  },
};
