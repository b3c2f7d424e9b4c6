/** Servers are judged by what they can do, not by the versions they name. */
import t from 'tap';
import { demandCapabilities } from '../../src/dialect/capabilities.ts';
import { refusal } from '../projects/support.ts';
import { whyNot } from '../support/vendors.ts';
import { opened } from './opened.ts';

for (const vendor of ['postgres', 'mysql'] as const) {
  t.test(vendor, { skip: (await whyNot(vendor)) ?? false }, async (t) => {
    // Connecting has asked for all that is needed.
    const { connection } = await opened(t, vendor);
    const ask = (text: string) => connection.rows({ text, values: [] });
    const demand = (...capabilities: { what: string; sql: string }[]) =>
      refusal(demandCapabilities('SomeDB 1', { capabilities, from: 'SomeDB 2' }, ask, (error) => /gone/.test(String(error))));
    const sums = { what: 'sums', sql: '1 + 1' };
    const wonders = { what: 'wonders', sql: 'does_wonders(1)' };
    t.equal((await demand(sums)).kind, 'none');
    t.same(await demand(sums, wonders, { what: 'tables of miracles', sql: '(select count(*) from miracles)' }), {
      kind: 'database_unavailable',
      message: 'SomeDB 1 cannot be served: it lacks wonders, tables of miracles, which SomeDB 2 has',
    });
    const gone = async (): Promise<unknown> => {
      throw new Error('gone');
    };
    const lost = demandCapabilities('SomeDB 1', { capabilities: [sums], from: 'SomeDB 2' }, gone, (error) => /gone/.test(String(error)));
    t.match(await refusal(lost), { kind: 'other', message: /gone/ }, 'a connection that is lost is no refusal');
  });
}
