/** Status mappings of both forms, and the reasons why others are no mapping. */
import t from 'tap';
import { parseStatusMapping } from '../../src/schema/status.ts';

const of = (mapping: unknown) => parseStatusMapping({ status_mapping: mapping }, 'text');

t.test('by value', async (t) => {
  const parsed = of({
    published: { name: 'Published', published: true, soft_delete: false },
    draft: { name: 'Draft' },
    deleted: { name: 'Deleted', soft_delete: true },
    gone: { name: 'Gone', soft_delete: '1' },
    kept: { name: 'Kept', soft_delete: '0' },
    held: { name: 'Held', soft_delete: 'false' },
  });
  t.same(parsed, {
    mapping: {
      values: ['published', 'draft', 'deleted', 'gone', 'kept', 'held'],
      softDeleted: ['deleted', 'gone'],
      published: ['published'],
      requiredFields: [],
    },
  });
});

t.test('as a list, and as JSON text', async (t) => {
  const list = [
    { value: 'on', name: 'On' },
    { value: 'off', name: 'Off', soft_delete: 1 },
    { value: 'on', name: 'Again', soft_delete: true },
  ];
  t.same(of(list), { mapping: { values: ['on', 'off'], softDeleted: ['off'], published: [], requiredFields: [] } });
  t.same(of(JSON.stringify(list)), of(list));
});

t.test('a column of numbers has numbers as values', async (t) => {
  const mapping = { 1: { name: 'One', required_fields: true }, 2: { name: 'Two', soft_delete: true } };
  t.same(parseStatusMapping({ status_mapping: mapping }, 'integer'), {
    mapping: { values: ['1', '2'], softDeleted: ['2'], published: [], requiredFields: ['1'] },
  });
  t.match(parseStatusMapping({ status_mapping: { draft: { name: 'Draft' } } }, 'integer'), { reason: /"draft" is not a number/ });
  t.match(parseStatusMapping({ status_mapping: { '01': { name: 'One' } } }, 'integer'), { reason: /"01" is not a number/ });
});

t.test('what is no mapping', async (t) => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /has no status mapping/],
    [null, /has no status mapping/],
    ['', /has no status mapping/],
    ['{"draft":', /has no status mapping/],
    [5, /has no status mapping/],
    [{}, /is empty/],
    [[], /is empty/],
    [{ draft: {} }, /"draft" .* has no name/],
    [{ draft: { name: ' ' } }, /"draft" .* has no name/],
    [{ draft: 'Draft' }, /"draft" .* has no name/],
    [[{ name: 'Draft' }], /has no value/],
    [['draft'], /has no value/],
  ];
  for (const [mapping, reason] of cases) t.match(of(mapping), { reason }, JSON.stringify(mapping));
  t.match(parseStatusMapping(null, 'text'), { reason: /served without status rules/ });
});
