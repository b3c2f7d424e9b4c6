import t from 'tap';
import { GatewayError } from '../../src/lib/errors.ts';
import { createSealer } from '../../src/lib/sealed-text.ts';
import { type Binding, bindingOf, cursorOf, positionOf } from '../../src/query/cursor.ts';
import type { Order, RequestedRead } from '../../src/query/types.ts';
import { fieldOf } from './fields.ts';

const sealer = createSealer('a secret of the project', 'cursors');

const request: RequestedRead = {
  collection: 'plants',
  selection: { all: true, named: new Map(), without: new Set() },
  offset: 0,
  counts: { filtered: false, total: false, byStatus: false },
  stubs: false,
  where: { is: 'compare', path: ['title'], operator: 'eq', value: new Map([['a', '1']]) },
  search: 'apple',
  statuses: ['draft'],
};
const order: readonly Order[] = [
  { field: fieldOf('title'), descending: true },
  { field: fieldOf('id'), descending: false },
];
const binding = bindingOf(request, order, true, '3', '7');

function refusal(cursor: string, other: Binding): GatewayError | undefined {
  try {
    positionOf(cursor, other, sealer);
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

t.test('a position comes back as it was', async (t) => {
  for (const position of [['9007199254740993', null], ['', '☃ "quoted" \\'], []])
    t.strictSame(positionOf(cursorOf(position, binding, sealer), binding, sealer), position);
});

t.test('its length says nothing of a key', async (t) => {
  const lengths = ['1', '12345', '9223372036854775807'].map((key) => cursorOf([key], binding, sealer).length);
  t.equal(new Set(lengths).size, 1, lengths.join());
});

t.test('a cursor is good for its own read alone, and a refusal says what differs', async (t) => {
  const cursor = cursorOf(['a', '1'], binding, sealer);
  const other = (change: Partial<RequestedRead>): Binding => bindingOf({ ...request, ...change }, order, true, '3', '7');
  const cases: readonly (readonly [string, Binding])[] = [
    ['collection', other({ collection: 'zones' })],
    ['role', bindingOf(request, order, true, '4', '7')],
    ['user', bindingOf(request, order, true, '3', '8')],
    ['user', bindingOf(request, order, true, '3', '')],
    ['sort', bindingOf(request, order.slice(1), true, '3', '7')],
    [
      'sort',
      bindingOf(
        request,
        order.map((term) => ({ ...term, descending: !term.descending })),
        true,
        '3',
        '7',
      ),
    ],
    ['sort', bindingOf(request, order, false, '3', '7')],
    ['filter', other({ where: { is: 'compare', path: ['title'], operator: 'eq', value: new Map([['a', '2']]) } })],
    ['filter', other({ where: { is: 'compare', path: ['title'], operator: 'neq', value: new Map([['a', '1']]) } })],
    ['text to look for', other({ search: 'pear' })],
    ['status', other({ statuses: 'any' })],
  ];
  for (const [what, changed] of cases) {
    const error = refusal(cursor, changed);
    t.match(error, { kind: 'unprocessable', message: `cursor: made for another ${what};` }, what);
  }
  t.equal(
    refusal(cursor, other({ limit: 5, offset: 3, counts: { filtered: true, total: true, byStatus: true } })),
    undefined,
    'what does not matter',
  );
});

t.test('what is no cursor', async (t) => {
  for (const text of ['', 'a', 'x'.repeat(100), sealer.seal('[2,[],[]]'), sealer.seal('{}')]) {
    t.match(refusal(text, binding), { kind: 'validation', message: /no cursor of this project/ });
  }
});

t.test('a value that is too long to travel is refused when the cursor is made', async (t) => {
  t.throws(() => cursorOf(['x'.repeat(10_000)], binding, sealer), { kind: 'unprocessable', message: /too long/ });
  t.ok(cursorOf(['x'.repeat(5000)], binding, sealer));
});
