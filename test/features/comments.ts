/** Promise: comments are added, edited and deleted by whom the comment level lets, and by nobody else (directus8-data §10.6, §12.4). */
import { entries, firstEntry, uuids } from '../fixtures/history-world.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type AskAs, withHistory } from '../support/history.ts';
import { type Answer, at, type Json, rows } from '../support/http.ts';

type Who = Parameters<AskAs>[1];

interface Comments {
  readonly ask: AskAs;
  add(who: Who, collection: string, item: Json, comment?: Json, query?: string): Promise<Answer>;
  edit(who: Who, id: Json, comment: Json, query?: string): Promise<Answer>;
  remove(who: Who, id: Json): Promise<Answer>;
  /** The entry as the administrator sees it. */
  entry(id: Json): Promise<Json>;
}

function commentsOf(ask: AskAs): Comments {
  const send = (who: Who, method: string, path: string, body: Json): Promise<Answer> =>
    ask(path, who, {
      method,
      headers: { 'content-type': 'application/json', 'user-agent': `agent ${'x'.repeat(300)}` },
      body: JSON.stringify(body),
    });
  return {
    ask,
    add: (who, collection, item, comment = 'a remark', query = '') =>
      send(who, 'POST', `activity/comment${query}`, { collection, item, comment }),
    edit: (who, id, comment, query = '') => send(who, 'PATCH', `activity/comment/${String(id)}${query}`, { comment }),
    remove: (who, id) => ask(`activity/comment/${String(id)}`, who, { method: 'DELETE' }),
    entry: async (id) => at((await ask(`activity/${String(id)}`, 'admin')).json, 'data'),
  };
}

const idOf = (answer: Answer): Json => at(answer.json, 'data', 'id');

async function counted({ ask }: Comments): Promise<Json> {
  return at((await ask('activity?aggregate[count]=*', 'admin')).json, 'data', 0, 'count');
}

async function adding(t: Tester, comments: Comments): Promise<void> {
  const { add, ask } = comments;
  const text = 'Ünïcode 😀 "quoted" \\ back; \'q\'';
  const made = await add('reader', 'h_open', 1, text);
  t.equal(made.status, 200, told(made));
  const { id, action_on: on, user_agent: agent, ...entry } = at(made.json, 'data') as Record<string, Json>;
  t.strictSame(entry, {
    action: 'comment',
    action_by: 41,
    ip: 'localhost',
    collection: 'h_open',
    item: '1',
    edited_on: null,
    comment: text,
    comment_deleted_on: null,
  });
  t.equal(String(agent).length, 255, 'as much of the browser as fits');
  t.match(String(on), /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  t.strictSame(await comments.entry(id), at(made.json, 'data'));
  t.strictSame(at((await add('reader', 'h_open', '01', 'x', '?fields=item')).json, 'data'), { item: '1' }, 'the key in its one form');
  t.strictSame(at((await add('reader', 'h_pairs', 'x~3by~7e~2f~2cz;1', 'x', '?fields=item')).json, 'data'), { item: 'x~3by~7e~2f~2cz;1' });
  t.equal((await add('reader', 'h_staged', 1)).status, 200, 'the status lets');
  t.equal((await add('idle', 'h_closed', 1)).status, 204, 'who may not read the entry gets none');
  t.equal((await add('admin', 'h_closed', 1)).status, 200, 'the administrator may');
  const sent = {
    collection: 'h_open',
    item: 1,
    comment: 'x',
    id: 1,
    action: 'delete',
    action_by: 1,
    ip: '1.2.3.4',
    edited_on: '2020-01-01',
  };
  const overridden = await ask('activity/comment?fields=action,action_by,ip,edited_on', 'reader', {
    method: 'POST',
    body: JSON.stringify(sent),
  });
  t.strictSame(at(overridden.json, 'data'), { action: 'comment', action_by: 41, ip: 'localhost', edited_on: null }, told(overridden));
}

async function refusedAdding(t: Tester, comments: Comments): Promise<void> {
  const { add, ask } = comments;
  const before = await counted(comments);
  refused(t, await add('reader', 'h_owned', 2), 404, 203, 'a row that may not be read');
  refused(t, await add('reader', 'h_owned', 99), 404, 203, 'no row');
  refused(t, await add('reader', 'h_owned', 'x'), 404, 203, 'no key');
  refused(t, await add('admin', 'h_owned', 99), 404, 203, 'no row, for the administrator too');
  refused(t, await add('reader', 'h_words', 'ab'), 403, 210, 'level read');
  refused(t, await add('reader', 'h_bigs', '9223372036854775807'), 403, 210, 'no level');
  refused(t, await add('reader', 'h_closed', 1), 403, 210, 'no permission');
  refused(t, await add('reader', 'h_staged', 2), 403, 210, 'the status does not let');
  refused(t, await add('reader', 'h_staged', 3), 404, 203, 'a soft-deleted row');
  refused(t, await add('blind', 'h_open', 1), 403, 301, 'no right to add to the activity');
  refused(t, await add('nobody', 'h_open', 1), 403, 301, 'no right at all');
  refused(t, await add('admin', 'h_nothing', 1), 404, 200, 'no collection');
  refused(t, await add('admin', 'h_pairs', 'x'), 422, 12, 'half a key');
  refused(t, await add('reader', 'h_uuids', uuids[0]), 403, 10, 'a reason is demanded');
  for (const comment of ['', '  ', null, 3, ['x'], { a: 1 }, 'a\0b'])
    refused(t, await add('reader', 'h_open', 1, comment), 422, 4, JSON.stringify(comment));
  for (const item of ['', null, 1.5, 2 ** 53, true, [1], { id: 1 }])
    refused(t, await add('admin', 'h_open', item), 422, 4, JSON.stringify(item));
  refused(t, await add('admin', 'h_words', "ab' or 1=1"), 404, 203, 'no key either');
  for (const fields of ['nothing', 'action_by.nothing'])
    refused(t, await add('reader', 'h_open', 1, 'x', `?fields=${fields}`), 422, 202, fields);
  const post = (body: string | undefined) => ask('activity/comment', 'admin', { method: 'POST', ...(body === undefined ? {} : { body }) });
  for (const body of [undefined, '', '[]', '"x"', 'null', '[{"collection":"h_open"}]', '{"collection"'])
    refused(t, await post(body), 400, 13, String(body));
  for (const body of ['{}', '{"collection":"h_open"}', '{"collection":"h_open","item":1}']) refused(t, await post(body), 422, 4, body);
  for (const key of ['colour', '__proto__x', 'constructor']) {
    refused(t, await post(`{"collection":"h_open","item":1,"comment":"x","${key}":1}`), 422, 12, key);
  }
  t.equal(await counted(comments), before, 'nothing was added');
  const explained = await add('reader', 'h_uuids', uuids[0], 'x', '?comment=because');
  t.equal(explained.status, 200, told(explained));
}

async function editing(t: Tester, comments: Comments): Promise<void> {
  const { add, edit, entry } = comments;
  const own = idOf(await add('reader', 'h_open', 1, 'first'));
  const changed = await edit('reader', own, 'second');
  t.equal(at(changed.json, 'data', 'comment'), 'second', told(changed));
  t.match(String(at(changed.json, 'data', 'edited_on')), /^20\d\d-/, 'when');
  refused(t, await edit('other', own, 'theirs'), 403, 211, 'a comment of somebody else');
  refused(t, await edit('idle', own, 'x'), 404, 203, 'of which one may not know');
  t.equal((await edit('blind', own, 'of full level')).status, 204, 'full needs no right on the activity');
  refused(t, await edit('nobody', own, 'x'), 404, 203, 'nor without any right');
  t.equal((await edit('admin', own, 'third')).status, 200);
  for (const blank of ['', ' ', null]) refused(t, await edit('reader', own, blank), 422, 4, 'blank');
  t.equal(at(await entry(own), 'comment'), 'third', 'refusals change nothing');
  t.equal(at(await entry(own), 'action_by'), 41, 'it stays its author’s');
  const created = idOf(await add('reader', 'h_owned', 1));
  refused(t, await edit('reader', created, 'x'), 403, 211, 'who may only create does not edit');
  const foreign = idOf(await add('admin', 'h_pairs', 'x~3by~7e~2f~2cz;1', 'of the administrator'));
  refused(t, await edit('other', foreign, 'x'), 404, 203, 'on a row that may not be read');
  t.equal((await edit('reader', foreign, 'full')).status, 200, 'full is everybody’s comments');
  const reasoned = idOf(await add('reader', 'h_uuids', uuids[0], 'x', '?comment=y'));
  refused(t, await edit('reader', reasoned, 'x'), 403, 10, 'a reason is demanded');
  t.equal((await edit('reader', reasoned, 'x', '?comment=y')).status, 200);
  const staged = idOf(await add('reader', 'h_staged', 1));
  t.equal((await edit('reader', staged, 'x')).status, 200, 'the level of the status');
  const hidden = firstEntry + entries.findIndex((one) => one.comment === 'closed-comment');
  refused(t, await edit('reader', hidden, 'x'), 404, 203, 'on a collection that may not be read');
  const update = firstEntry;
  for (const id of [update, 0, -1, 999999999, 'x', '1;2', `${String(own)} or 1=1`])
    refused(t, await edit('admin', encodeURIComponent(id), 'x'), 404, 203, `comment ${id}`);
  t.equal(at(await entry(update), 'comment'), null, 'an entry that is no comment stays');
}

async function deleting(t: Tester, comments: Comments): Promise<void> {
  const { add, edit, remove, entry, ask } = comments;
  const own = idOf(await add('reader', 'h_open', 1, 'to-be-forgotten'));
  refused(t, await remove('other', own), 403, 212, 'a comment of somebody else');
  refused(t, await remove('nobody', own), 404, 203, 'without any right');
  t.equal(at(await entry(own), 'comment_deleted_on'), null);
  t.equal((await remove('reader', own)).status, 204);
  const gone = await entry(own);
  t.equal(at(gone, 'comment'), '', 'the text is gone');
  t.match(String(at(gone, 'comment_deleted_on')), /^20\d\d-/);
  t.equal((await remove('reader', own)).status, 204, 'once more');
  t.strictSame(await entry(own), gone, 'changes nothing');
  refused(t, await edit('reader', own, 'back'), 404, 203, 'and cannot be edited');
  t.strictSame(rows(await ask('activity?filter[comment][contains]=forgotten', 'admin')), []);
  refused(t, await remove('admin', firstEntry), 404, 203, 'an entry that is no comment');
  refused(t, await remove('reader', idOf(await add('reader', 'h_owned', 1))), 403, 212, 'who may only create');
  t.equal((await remove('admin', idOf(await add('reader', 'h_owned', 1)))).status, 204);
  const both = idOf(await add('reader', 'h_open', 1));
  const answers = await Promise.all([remove('reader', both), edit('reader', both, 'late'), remove('admin', both)]);
  t.strictSame([answers[0]?.status, answers[2]?.status], [204, 204], 'at once');
  t.equal(at(await entry(both), 'comment'), '', 'what is deleted stays deleted');
}

async function repeated(t: Tester, comments: Comments): Promise<void> {
  const before = await counted(comments);
  const send = (): Promise<Answer> =>
    comments.ask('activity/comment', 'reader', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'a comment' },
      body: JSON.stringify({ collection: 'h_open', item: '1', comment: 'once' }),
    });
  const [first, second] = [await send(), await send()];
  t.strictSame([first.status, second.text], [200, first.text], told(second));
  t.equal(second.headers['idempotency-replayed'], 'true');
  t.equal(await counted(comments), Number(before) + 1);
}

export const comments: Feature = {
  promise: 'comments are their authors’',
  async run(t, world) {
    await withHistory(world, async (ask) => {
      const all = commentsOf(ask);
      await t.test('adding', (t) => adding(t, all));
      await t.test('what cannot be added', (t) => refusedAdding(t, all));
      await t.test('editing', (t) => editing(t, all));
      await t.test('deleting', (t) => deleting(t, all));
      await t.test('sent again', (t) => repeated(t, all));
    });
  },
};
