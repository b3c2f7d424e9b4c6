/** The form of an operation: what it may say, and what it says. */
import { field, h } from './dom.js';
import { withoutValue } from './request.js';

let operators = [];

/** The operators of filters, as the server knows them. */
export async function loadOperators() {
  operators = await (await fetch('/server/explorer/operators.json')).json();
}

let lists = 0;

function suggestions(fields) {
  lists += 1;
  return h('datalist', { id: `fields-${lists}` }, ...fields.map(({ name }) => h('option', { value: name })));
}

/** A text of names, and a button for each name that puts it in or takes it out. */
function fieldsControl(fields) {
  const input = h('input', { type: 'text', class: 'mono', placeholder: 'all of them', autocomplete: 'off', spellcheck: 'false' });
  const names = () =>
    input.value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const chips = fields.map(({ name, type }) => {
    const chip = h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', title: type || name }, name);
    chip.addEventListener('click', () => {
      const now = names();
      input.value = (now.includes(name) ? now.filter((one) => one !== name) : [...now, name]).join(',');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    return chip;
  });
  input.addEventListener('input', () => {
    const now = new Set(names());
    for (const chip of chips) chip.setAttribute('aria-pressed', String(now.has(chip.textContent)));
  });
  const list = h('div', { class: 'chips', role: 'group', 'aria-label': 'Fields to choose from' }, ...chips);
  return { input, list };
}

function conditionRow(fields, changed) {
  const names = suggestions(fields);
  const name = h('input', {
    type: 'text',
    class: 'mono',
    list: names.id,
    'aria-label': 'Field',
    placeholder: 'field',
    autocomplete: 'off',
  });
  const operator = h(
    'select',
    { 'aria-label': 'Operator' },
    ...operators.map((one) => h('option', { value: one.name, title: one.meaning }, one.name)),
  );
  const value = h('input', { type: 'text', class: 'mono', 'aria-label': 'Value', placeholder: 'value', autocomplete: 'off' });
  const remove = h('button', { type: 'button', class: 'plain small', 'aria-label': 'Remove this condition' }, '✕');
  const row = h('div', { class: 'condition' }, name, operator, value, remove, names);
  operator.addEventListener('change', () => {
    value.disabled = withoutValue.has(operator.value);
  });
  remove.addEventListener('click', () => {
    row.remove();
    changed();
  });
  return { row, read: () => ({ field: name.value.trim(), operator: operator.value, value: value.value }) };
}

function filterControl(fields) {
  const rows = h('div', { class: 'conditions' });
  let conditions = [];
  const changed = () => {
    conditions = conditions.filter(({ row }) => row.isConnected);
    rows.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const add = h('button', { type: 'button', class: 'plain small' }, 'Add a condition');
  add.addEventListener('click', () => {
    const condition = conditionRow(fields, changed);
    conditions.push(condition);
    rows.append(condition.row);
    condition.row.querySelector('input').focus();
  });
  const group = h(
    'div',
    { class: 'field wide', role: 'group', 'aria-label': 'Filter' },
    h('span', { class: 'label' }, 'Filter'),
    rows,
    add,
  );
  return { group, read: () => conditions.filter(({ row }) => row.isConnected).map(({ read }) => read()) };
}

const text = (placeholder, list) =>
  h('input', { type: 'text', class: 'mono', placeholder, autocomplete: 'off', spellcheck: 'false', ...(list ? { list: list.id } : {}) });
const count = (value, least) => h('input', { type: 'number', class: 'mono', min: String(least), value });
const area = (value, rows) => h('textarea', { class: 'mono', rows: String(rows), spellcheck: 'false', value });

function switched(label, hint, checked, fixed) {
  const box = h('input', { type: 'checkbox', checked });
  box.disabled = Boolean(fixed);
  return { box, row: h('label', { class: 'switch' }, box, h('span', {}, label, h('span', { class: 'hint' }, hint))) };
}

/** A row to begin with: what a form of the collection would ask for. */
function example(fields) {
  const named = fields.filter(({ name, written }) => written && name !== 'id').slice(0, 6);
  return JSON.stringify(Object.fromEntries(named.map(({ name }) => [name, null])), null, 2);
}

/** Its elements, and `read` for what they say. */
export function formOf(operation, fields, { explainable, acting }) {
  const shown = [];
  const more = [];
  let parts = shown;
  const readers = {};
  const take = (name, label, control, hint, wide) => {
    const element = field(label, control, hint);
    if (wide) element.classList.add('wide');
    parts.push(element);
    readers[name] = () => control.value;
  };
  const names = suggestions(fields);
  const reads = ['list', 'item', 'aggregate'].includes(operation);
  if (['item', 'update', 'delete'].includes(operation)) take('id', 'Key', text('1'), 'Several keys are separated by commas.', true);
  if (operation === 'list' || operation === 'item') {
    const { input, list } = fieldsControl(fields);
    take('fields', 'Fields', input, 'Through relations with a dot: author.name, comments.*', true);
    if (fields.length > 0) parts.at(-1).append(list);
  }
  if (operation === 'aggregate') {
    const functions = ['count', 'count_distinct', 'sum', 'avg', 'min', 'max'];
    take('aggregate', 'Function', h('select', {}, ...functions.map((one) => h('option', { value: one }, one))));
    take('measured', 'Of', text('*', names), 'A field; * counts rows.');
    take('groupBy', 'Group by', text('status', names), 'Names, or parts of dates: year(created_on)');
  }
  if (operation === 'list' || operation === 'aggregate') {
    const { group, read } = filterControl(fields);
    parts.push(group);
    readers.conditions = read;
    take('sort', 'Sort', text(operation === 'list' ? '-id' : '-count', names), 'A minus sorts downwards.');
    take('limit', 'Limit', count(operation === 'list' ? '10' : '', -1));
  }
  if (operation === 'list') {
    parts = more;
    take('offset', 'Offset', count('', 0));
    take('q', 'Search', text('words'));
    take('deep', 'Deep', text('{"comments":{"_limit":3}}'), 'Filter, sort and limit of nested lists, as JSON.', true);
    take('meta', 'Meta', text('total_count,filter_count'));
    parts = shown;
    parts.push(
      h('details', { class: 'wide' }, h('summary', {}, 'Offset, search, nested lists, counts'), h('div', { class: 'grid' }, ...more)),
    );
  }
  if (operation === 'create')
    take('body', 'Item', area(example(fields), 8), 'JSON: an object, or a list of them. Nested rows may be part of it.', true);
  if (operation === 'update') take('body', 'Changes', area('{\n  \n}', 6), 'JSON: the fields that change.', true);
  if (reads && explainable) {
    const { box, row } = switched('Explain', 'Statement, plan and rules instead of rows', false);
    parts.push(row);
    readers.explain = () => box.checked;
  }
  if (!reads) {
    const { box, row } = switched(
      'Dry run',
      acting ? 'Acting as a role changes nothing' : 'Shows what would change, and changes nothing',
      true,
      acting,
    );
    parts.push(row);
    readers.dryRun = () => box.checked;
  }
  parts.push(names);
  return { parts, read: () => Object.fromEntries(Object.entries(readers).map(([name, of]) => [name, of()])) };
}
