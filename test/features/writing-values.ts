/** Promise: what fills itself is filled, and what may not be stored is refused before anything is written (directus8-data §6.2, §7). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { gives, leavesAll, type WritingWorld, withWriting } from '../support/writing.ts';

const recent = (value: unknown): boolean => typeof value === 'string' && Math.abs(Date.now() - Date.parse(value)) < 60_000;

async function automatic(t: Tester, world: WritingWorld): Promise<void> {
  const asked = 'fields=owner,modified_by,created_on,modified_on';
  const made = await world.send('POST', `plants?${asked}`, {
    title: 'Rowan',
    status: 'published',
    owner: 4,
    modified_by: 4,
    created_on: '2000-01-01 00:00:00',
    modified_on: '2000-01-01 00:00:00',
  });
  const data = at(made.json, 'data');
  t.strictSame([at(data, 'owner'), at(data, 'modified_by')], [1, 1], `who made it, whatever was sent (${told(made)})`);
  t.ok(recent(at(data, 'created_on')) && recent(at(data, 'modified_on')), `and when (${told(made)})`);
  const changed = await world.send('PATCH', `plants/1?${asked}`, { title: 'Apple', modified_by: 4, modified_on: '2000-01-01 00:00:00' });
  const after = at(changed.json, 'data');
  t.strictSame([at(after, 'owner'), at(after, 'modified_by')], [3, 1], `who changed it (${told(changed)})`);
  t.equal(at(after, 'created_on'), '2020-01-02T03:04:05+00:00', 'made when it was made');
  t.ok(recent(at(after, 'modified_on')), told(changed));
  const aliases = await world.send('PATCH', `plants/3?${asked}`, { sightings: [{ note: 'seen' }], divider: 'x', loose: [1] });
  t.ok(recent(at(aliases.json, 'data', 'modified_on')), `a change of a list is one of the row (${told(aliases)})`);
  gives(t, await world.send('PATCH', 'plants/1?fields=owner', { owner: 4 }), { owner: 4 }, 'an owner can be set');
  gives(t, await world.send('POST', 'things?fields=slug', { name: 'Ångström  Saw!' }), { slug: 'angstrom-saw' }, 'a slug follows');
  gives(t, await world.send('PATCH', 'things/1?fields=slug', { name: 'New Name' }), { slug: 'new-name' }, 'on change, too');
  gives(t, await world.send('PATCH', 'things/1?fields=slug', { name: 'Other', slug: 'mine' }), { slug: 'mine' }, 'unless it is sent');
  const hashed = await world.send('PATCH', 'plants/1?fields=passcode', { passcode: 'open sesame' });
  t.match(String(at(hashed.json, 'data', 'passcode')), /^\$2y\$10\$.{53}$/, `hashed (${told(hashed)})`);
  const child = await world.send('PATCH', 'families/PIN?fields=members.passcode', {
    members: [{ id: 3, passcode: 'below' }],
  });
  t.match(JSON.stringify(at(child.json, 'data', 'members')), /\$2y\$10\$/, `below, too (${told(child)})`);
}

type Bad = readonly [status: number, code: number, path: string, body: unknown, sentence: RegExp];

const published = { status: 'published' };

const bad: readonly Bad[] = [
  [422, 4, 'makers', {}, /^name: This value should not be blank\.$/],
  [422, 4, 'makers', { name: '' }, /^name: This value should not be blank\.$/],
  [422, 4, 'makers', { name: null }, /name: This value should not be blank/],
  [422, 4, 'makers', { name: 'lower' }, /^name: This value is not valid\.$/],
  [422, 4, 'makers', { name: 'Upper', mail: 'nobody' }, /^mail: This value is not valid\.$/],
  [422, 4, 'makers', { name: '', mail: 'nobody' }, /name: .*mail: /],
  [422, 12, 'makers', { name: 'A name of more than twenty' }, /name/],
  [422, 12, 'makers', { name: 'X', a: 1, b: 2 }, /"a, b"/],
  [422, 4, 'plants', { ...published }, /title: This value should not be blank/],
  [422, 4, 'plants', { ...published, title: 'x', planted: '2021-02-30' }, /planted: This value is not a valid date/],
  [422, 4, 'plants', { ...published, title: 'x', watered: '10:00' }, /watered: /],
  [422, 4, 'plants', { ...published, title: 'x', tags: 'a,b' }, /tags: This value should be of type array/],
  [422, 4, 'plants', { ...published, title: 'x', traits: 'text' }, /traits: This value should be of type json/],
  [422, 4, 'plants', { ...published, title: 'x', heads: 'many' }, /heads: /],
  [422, 213, 'plants', { ...published, title: ['x'] }, /"title"/],
  [422, 4, 'families', { code: 'NEW', members: [{ ...published, title: 'x', heads: 'many' }] }, /heads/],
  [422, 4, 'families', { code: 'NEW', members: [{ ...published, title: 'x' }, { ...published }] }, /title: This value should not be blank/],
  [422, 4, 'plants', { ...published, title: 'x', family: { name: 'no key' } }, /code: This value should not be blank/],
  [422, 4, 'things', { name: 'X', maker: { name: 'lower' } }, /name: This value is not valid/],
];

async function refusals(t: Tester, world: WritingWorld): Promise<void> {
  await leavesAll(t, world, 'invalid', async () => {
    for (const [status, code, path, body, sentence] of bad) {
      const answer = await world.send('POST', path, body);
      refused(t, answer, status, code, `POST ${path} ${JSON.stringify(body)}`);
      t.match(String(at(answer.json, 'error', 'message')), sentence, `says what (${told(answer)})`);
    }
    const changes: readonly (readonly [string, unknown])[] = [
      ['makers/1', { name: '' }],
      ['makers/1,2', { name: 'lower' }],
      ['plants/1', { title: '' }],
      ['plants/1', { title: null }],
      ['plants/2', { title: '', status: 'published' }],
      ['plants/1', { sightings: [{ id: 1, tally: 'x' }] }],
      [
        'makers/1',
        {
          team: [
            { id: 2, name: 'lower' },
            { id: 3, name: 'Fine' },
          ],
        },
      ],
    ];
    for (const [path, body] of changes) refused(t, await world.send('PATCH', path, body), 422, 4, `PATCH ${path} ${JSON.stringify(body)}`);
    if (world.vendor === 'sqlite') return;
    refused(t, await world.send('POST', 'plants', { ...published, title: 'x', kind: 'moss' }), 422, 4, 'none of the column');
  });
  const draft = await world.send('POST', 'makers?fields=name', { name: 'Émile' });
  refused(t, draft, 422, 4, 'the pattern is the pattern');
}

/** In a status that demands it a row is complete, and it does not get there otherwise (directus8-data §4.3, §7). */
async function completeness(t: Tester, world: WritingWorld): Promise<void> {
  gives(
    t,
    await world.send('POST', 'plants?fields=title', { id: 700, title: '', status: 'draft' }),
    { title: '' },
    'a draft without a title',
  );
  gives(t, await world.send('PATCH', 'plants/8?fields=title', { title: '' }), { title: '' }, 'a draft that loses it');
  gives(t, await world.send('PATCH', 'plants?fields=title', [{ id: 8, title: '' }]), [{ title: '' }], 'the same in a list');
  refused(t, await world.send('PATCH', 'plants/1', { title: '' }), 422, 4, 'what is published keeps it');
  await leavesAll(t, world, 'what is not complete', async () => {
    const published = await world.send('PATCH', 'plants/700', { status: 'published' });
    refused(t, published, 422, 4, 'a draft without a title is not published');
    t.equal(at(published.json, 'error', 'message'), 'title: This value should not be blank.', told(published));
    refused(t, await world.send('PATCH', 'plants', [{ id: 700, status: 'published', notes: 'x' }]), 422, 4, 'nor in a list');
    refused(t, await world.send('PATCH', 'zones/1', { plants: [{ id: 700, status: 'published' }] }), 422, 4, 'nor below another row');
  });
  const named = await world.send('PATCH', 'plants/700?fields=status', { status: 'published', title: 'Named' });
  gives(t, named, { status: 'published' }, 'with a title it is');
  gives(t, await world.send('PATCH', 'plants/2?fields=status', { status: 'published' }), { status: 'published' }, 'as one that has one');
  gives(t, await world.send('PATCH', 'plants/2?fields=status', { status: 'review' }), { status: 'review' }, 'and back');
}

/** Numbers keep their digits, texts their characters. */
async function exactly(t: Tester, world: WritingWorld): Promise<void> {
  const body =
    '{"id":9,"big":9223372036854775807,"wide":12345678901234.123456,"label":"😀 \\"q\\" \\\\ \\u2028","doc":{"n":12345678901234567890,"k":{}},"raw":"AP8Q"}';
  const made = await world.get('items/measures', 'admin', { method: 'POST', body });
  t.equal(made.status, 200, told(made));
  t.match(made.text, /"big": ?"?9223372036854775807"?/, told(made));
  t.match(made.text, /"wide": ?"?12345678901234\.123456"?/, told(made));
  t.match(made.text, /12345678901234567890/, told(made));
  t.equal(at(made.json, 'data', 'label'), '😀 "q" \\ \u2028', told(made));
  t.strictSame(at(made.json, 'data', 'doc', 'k'), {}, told(made));
  t.equal(at(made.json, 'data', 'raw'), 'AP8Q', told(made));
  const [row] = await world.knex('directus_revisions').where({ collection: 'measures', item: '9' });
  t.match(String(row?.delta), /12345678901234567890/, 'nor does the history lose any');
  const again = await world.get('items/measures/9', 'admin', { method: 'PATCH', body: made.text.slice('{"data":'.length, -1) });
  t.equal(again.text, made.text, 'what was answered can be sent again');
}

export const writingValues: Feature = {
  promise: 'what fills itself is filled, what may not be stored is refused',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await t.test('by itself', (t) => automatic(t, world));
      await t.test('refused', (t) => refusals(t, world));
      await t.test('complete', (t) => completeness(t, world));
      await t.test('exactly', (t) => exactly(t, world));
    }),
};
