/** Statements over TLS end as they do without: by their limit, and when nobody wants them any more. */
import t from 'tap';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { eventually } from '../../support/eventually.ts';
import { drained, streamed } from '../../support/streams.ts';
import { openTlsFront } from '../../support/tls-front.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, of, reason, scratch, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

t.test('a statement is ended in the database', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const { hostname, port } = new URL(String(s.config.connection));
  const front = await openTlsFront(hostname, Number(port || 5432));
  if (!front) return void t.comment('there is no openssl');
  t.teardown(() => front.close());
  const through = (mode: string): string =>
    urlWith(s, (copy) => {
      copy.hostname = '127.0.0.1';
      copy.port = String(front.port);
      copy.searchParams.set('sslmode', mode);
    });
  const connect = async (mode: string) =>
    postgres.connect({ ...s.config, connection: through(mode), statementMilliseconds: 300, pool: { min: 0, max: 2 } });

  t.match(await failure(connect('verify-full')), { kind: 'database_unavailable' }, 'a certificate that nobody signed is not taken');
  t.match(await failure(connect('disable')), { kind: 'database_unavailable' }, 'nothing goes through unencrypted');
  t.equal(front.plain, 1);

  const connection = await connect('require');
  t.teardown(() => connection.close());
  const working =
    "select count(*) as n from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()";
  const atRest = (): Promise<boolean> => eventually(async () => String((await s.connection.rows(of(working)))[0]?.['n']) === '0');

  t.match(await failure(connection.texts(of('select pg_sleep(30)'))), { kind: 'statement_timeout' }, 'by the limit of the project');
  t.ok(await atRest());
  t.match(await failure(connection.texts(of('select pg_sleep(29)'), { timeout: 50 })), { kind: 'statement_timeout' }, 'by one of its own');
  t.ok(await atRest());

  const before = front.encrypted;
  const controller = new AbortController();
  const work = drained(streamed(connection, of('select pg_sleep(28)'), controller.signal));
  setTimeout(() => controller.abort(new Error('enough')), 100);
  t.match(await reason(work), { message: 'enough' });
  t.ok(await atRest(), 'a stream that nobody reads works no more');
  t.ok(front.encrypted > before, 'the request to cancel it was encrypted as well');
  t.equal(front.plain, 1);
  t.strictSame(await connection.texts(of('select 1')), [['1']], 'and the pool is whole');
});
