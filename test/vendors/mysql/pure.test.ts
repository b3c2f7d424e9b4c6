/** The parts of the MySQL vendor that need no server: names, printed defaults and labels, URLs, errors. */
import { inspect } from 'node:util';
import t from 'tap';
import { GatewayError } from '../../../src/lib/errors.ts';
import { translate } from '../../../src/vendors/mysql/errors.ts';
import { expected } from '../../../src/vendors/mysql/estimate.ts';
import { connectionOptions } from '../../../src/vendors/mysql/options.ts';
import { jsonColumnOf, labelsOf, mariadbDefault, storageOf } from '../../../src/vendors/mysql/storage.ts';
import { safeOf, textOf } from '../../../src/vendors/mysql/values.ts';
import { serverName } from '../../../src/vendors/mysql/version.ts';

t.test('the name of a server', async (t) => {
  t.equal(serverName('mariadb', '10.11.19-MariaDB-0+deb12u1'), 'MariaDB 10.11.19');
  t.equal(serverName('mariadb', '5.5.5-10.11.2-MariaDB-log'), 'MariaDB 10.11.2');
  t.equal(serverName('mysql', '8.0.11-TiDB-v7.5.1'), 'MySQL 8.0.11');
  t.equal(serverName('mysql', 'something else'), 'MySQL');
});

t.test('what the catalogue prints is read back', async (t) => {
  t.strictSame(labelsOf(`enum('a','it''s','com,ma','back\\\\slash','new\\nline','(x)','')`), [
    'a',
    "it's",
    'com,ma',
    'back\\slash',
    'new\nline',
    '(x)',
    '',
  ]);
  t.strictSame(labelsOf(`set('x','y')`), ['x', 'y']);
  t.equal(mariadbDefault('NULL'), null);
  t.equal(mariadbDefault(null), null);
  t.equal(mariadbDefault("'NULL'"), 'NULL');
  t.equal(mariadbDefault("'o''b\\\\c'"), "o'b\\c");
  t.equal(mariadbDefault('current_timestamp()'), 'current_timestamp()');
  t.equal(mariadbDefault("b'1'"), "b'1'");
  t.equal(jsonColumnOf('json_valid(`a`)'), 'a');
  t.equal(jsonColumnOf('json_valid(`we``ird`) and json_length(`we``ird`) > 1'), 'we`ird');
  t.equal(jsonColumnOf('json_valid(`a`) or `a` is null'), undefined);
  t.equal(storageOf('bit', 1, false), 'boolean');
  t.equal(storageOf('bit', 2, false), 'bit');
  t.equal(storageOf('longtext', undefined, true), 'json');
  t.equal(storageOf('int', undefined, true), 'integer');
  t.equal(storageOf('inet6', undefined, false), 'unknown');
});

t.test('values become text without losing a digit', async (t) => {
  const field = (columnType: number, decimals = 0, columnLength = 0) => ({
    constructor: { name: 'FieldPacket' as const },
    catalog: 'def',
    name: 'x',
    orgName: 'x',
    orgTable: '',
    table: '',
    flags: 0,
    decimals,
    columnType,
    columnLength,
  });
  t.equal(textOf(Math.fround(0.1), field(4)), '0.1');
  t.equal(textOf(Math.fround(16777217.5), field(4)), '16777218');
  t.equal(textOf(0.1, field(5)), '0.1');
  t.equal(textOf('2020-01-01 00:00:00', field(12, 6)), '2020-01-01 00:00:00.000000');
  t.equal(textOf('2020-01-01 00:00:00', field(12, 0)), '2020-01-01 00:00:00');
  t.equal(textOf('-12:00:00.5', field(11, 3)), '-12:00:00.500');
  t.equal(textOf(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), field(16, 0, 64)), '18446744073709551615');
  t.equal(safeOf(Buffer.from([5]), field(16, 0, 8)), 5);
  t.equal(textOf(Buffer.from([0, 255]), field(252)), 'AP8=');
  t.equal(textOf(null, field(3)), null);
  t.equal(textOf(7, undefined), '7');
});

t.test('URLs and objects become options of the driver', async (t) => {
  t.match(connectionOptions('mysql://us%40er:p%3Aw@[::1]:3307/my%20db?ssl-mode=REQUIRED'), {
    host: '::1',
    port: 3307,
    user: 'us@er',
    password: 'p:w',
    database: 'my db',
    ssl: { rejectUnauthorized: false },
    jsonStrings: true,
    connectTimeout: 5000,
  });
  t.match(connectionOptions('mysql://h/d?ssl=true'), { ssl: {} });
  t.match(connectionOptions('mysql://h/d?ssl-mode=verify_identity'), { ssl: { rejectUnauthorized: true, verifyIdentity: true } });
  t.notOk('ssl' in connectionOptions({ host: 'h', ssl: false }));
  t.match(connectionOptions({ socketPath: '/run/x.sock', database: 'd', dateStrings: false, multipleStatements: true, made: 'up' }), {
    socketPath: '/run/x.sock',
    dateStrings: true,
    multipleStatements: false,
    flags: '-LOCAL_FILES',
  });
  t.notOk('made' in connectionOptions({ made: 'up' }));
  for (const text of ['no url: secret', 'mysql://u:100%secret@h/d']) {
    const error: unknown = t.throws(() => connectionOptions(text), GatewayError);
    t.notMatch(inspect(error), 'secret');
  }
});

t.test('errors of the server become ours', async (t) => {
  const raised = (errno: number, message = 'x'): GatewayError | undefined => translate(Object.assign(new Error(message), { errno }));
  const kinds: readonly (readonly [number, string])[] = [
    [3024, 'statement_timeout'],
    [1969, 'statement_timeout'],
    [1317, 'database_unavailable'],
    [1062, 'duplicate'],
    [1451, 'constraint'],
    [1452, 'constraint'],
    [1048, 'constraint'],
    [1364, 'constraint'],
    [4025, 'constraint'],
    [3819, 'constraint'],
    [1264, 'validation'],
    [1292, 'validation'],
    [1366, 'validation'],
    [1406, 'validation'],
    [1205, 'write_conflict'],
    [1213, 'write_conflict'],
    [1045, 'database_unavailable'],
    [1049, 'database_unavailable'],
    [1040, 'database_unavailable'],
    [1927, 'database_unavailable'],
    [1301, 'limit_exceeded'],
  ];
  for (const [errno, kind] of kinds) t.equal(raised(errno)?.kind, kind, String(errno));
  t.equal(raised(1064), undefined);
  t.equal(raised(1146), undefined);
  t.equal(translate(new Error('anything')), undefined);
  t.equal(translate(null), undefined);
  t.equal(translate('text'), undefined);
  t.equal(translate(Object.assign(new Error('connect ECONNREFUSED'), { fatal: true, errno: -111 }))?.kind, 'database_unavailable');
  t.equal(raised(1062, "Duplicate entry 'it''s' for key 'people.name'")?.message, `Duplicate key "it''s" for collection "people"`);
  t.equal(raised(1062, "Duplicate entry '1-2' for key 'PRIMARY'")?.message, 'Duplicate key "1-2"');
  t.equal(raised(1048, "Column 'secret' cannot be null")?.message, 'A required value is missing');
  t.equal(raised(1048, "Column 'secret' cannot be null")?.details['field'], 'secret');
  const own = new GatewayError('forbidden');
  t.equal(translate(own), own);
});

t.test('what a plan expects', async (t) => {
  const step = (id: number, type: string | null, rows: number | null, filtered: string | null) => ({ id, type, rows, filtered });
  const cases: readonly (readonly [string, Parameters<typeof expected>[0], boolean, unknown])[] = [
    ['a whole table', [step(1, 'index', 1000, '100.00')], false, { rows: 1000, guessed: false }],
    ['by an index', [step(1, 'ref', 200, '50.00')], true, { rows: 100, guessed: false }],
    ['without an index', [step(1, 'ALL', 1000, '100.00')], true, { rows: 1000, guessed: true }],
    ['a join', [step(1, 'range', 300, '100.00'), step(1, 'eq_ref', 1, '10.00')], true, { rows: 30, guessed: false }],
    ['sub-selects', [step(1, 'ref', 200, '100.00'), step(2, 'ALL', 5000, '100.00')], true, { rows: 200, guessed: false }],
    ['nothing to find', [step(1, null, null, null)], true, { rows: 0, guessed: false }],
    ['no plan', [], true, undefined],
  ];
  for (const [what, plan, conditional, wanted] of cases) t.strictSame(expected(plan, conditional), wanted, what);
});
