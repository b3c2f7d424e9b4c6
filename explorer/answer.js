/** The answer to a request: its status, how long it took, and what it holds, as a table, as JSON or as what it says of a read or a dry run. */
import { curlOf } from './api.js';
import { copyButton, h } from './dom.js';
import { exactValue, jsonView, told } from './exact-json.js';

const sizeOf = (text) => {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} kB`;
};

const kindOf = (status) => (status < 300 ? 'good' : status < 400 ? 'warn' : 'bad');

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The values of a row by their paths: related objects are spread out, lists are not. */
function spread(row, path = '') {
  return Object.entries(row).flatMap(([name, value]) =>
    isObject(value) && Object.keys(value).length > 0 ? spread(value, `${path}${name}.`) : [[path + name, value]],
  );
}

/** Rows with their columns; undefined for what is no list of objects. */
function tableOf(data) {
  if (!Array.isArray(data) || data.length === 0 || !data.every(isObject)) return undefined;
  const spreads = data.map((row) => Object.fromEntries(spread(row)));
  const columns = [...new Set(spreads.flatMap((row) => Object.keys(row)))];
  const head = h('tr', {}, ...columns.map((name) => h('th', { scope: 'col' }, name)));
  const rows = spreads.map((row) =>
    h(
      'tr',
      {},
      ...columns.map((name) => {
        if (row[name] === undefined || row[name] === null) return h('td', { class: 'none' }, row[name] === null ? 'null' : '');
        const { text, number } = told(row[name]);
        return h('td', { class: number && 'number', title: text.length > 60 && text }, text);
      }),
    ),
  );
  const table = h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows));
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Rows' }, table);
}

function explanation(data) {
  const part = (title, ...content) => h('section', { class: 'part' }, h('h3', {}, title), ...content);
  const rules = (data.rules ?? []).map((rule) =>
    h(
      'li',
      {},
      h(
        'p',
        {},
        h('strong', { class: 'mono' }, rule.collection),
        ' ',
        h('span', { class: `pill ${rule.allowed ? 'good' : 'bad'}` }, rule.allowed ? 'read' : 'not read'),
        ' ',
        rule.because,
      ),
      rule.rows === true ? h('p', { class: 'hint' }, 'Every row.') : jsonView(unmarked(rule.rows)),
      rule.fields.length > 0 && h('p', { class: 'hint' }, `Cut: ${rule.fields.map((one) => one.field).join(', ')}`),
    ),
  );
  return h(
    'div',
    { class: 'explanation' },
    data.refusal && h('p', { class: 'fault' }, `This role is refused: ${data.refusal.message}`),
    part('Rules', h('ul', {}, ...rules)),
    data.sql && part('Statement', h('pre', { class: 'code wrap', tabindex: '0' }, data.sql)),
    data.parameters && part('Parameters', tableOf(data.parameters) ?? h('p', { class: 'hint' }, 'None.')),
    data.plan !== undefined && part('Plan', jsonView(unmarked(data.plan))),
  );
}

/** JSON text of a value of `exactValue`. */
const unmarked = (value) => JSON.stringify(value).replaceAll(/"\\u0001([^"]*)"/g, '$1');

function dryRun(data) {
  const changes = data.changes.map(({ action, collection, item, before, after }) => {
    const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
    const differing = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
    const rows = differing.map((name) => ({ field: name, before: before?.[name] ?? null, after: after?.[name] ?? null }));
    return h(
      'li',
      {},
      h('p', {}, h('span', { class: 'pill warn' }, action), ' ', h('strong', { class: 'mono' }, `${collection} ${item ?? ''}`)),
      tableOf(rows),
    );
  });
  const summary =
    data.changes.length === 0
      ? 'Nothing would change.'
      : `${data.changes.length} ${data.changes.length === 1 ? 'row' : 'rows'} would change. Nothing was written.`;
  return h('div', { class: 'explanation' }, h('p', {}, summary), h('ul', {}, ...changes));
}

/** What there is to look at, by the names of its tabs. */
function viewsOf(text) {
  const json = ['JSON', () => jsonView(text)];
  let value;
  try {
    value = exactValue(text);
  } catch {
    return text === '' ? [['Answer', () => h('p', { class: 'empty' }, 'The answer has no body.')]] : [json];
  }
  const { data } = value ?? {};
  if (data?.dry_run === true) return [['Changes', () => dryRun(data)], json];
  if (data?.rules && data?.as) return [['Explanation', () => explanation(data)], json];
  if (Array.isArray(data) && data.length === 0) return [['Rows', () => h('p', { class: 'empty' }, 'No rows.')], json];
  const table = tableOf(data);
  if (table) return [['Rows', () => table], json];
  return value?.error ? [['Refusal', () => h('p', { class: 'fault' }, value.error.message)], json] : [json];
}

const headersView = (headers) =>
  h(
    'div',
    { class: 'scroll' },
    h('table', {}, h('tbody', {}, ...headers.map(([name, value]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, value))))),
  );

/** Tabs as the pattern has them: arrows move, one is in the order of the Tab key. */
function tabs(views) {
  const panel = h('div', { class: 'panel', role: 'tabpanel', id: 'answer-panel' });
  const buttons = views.map(([label, make], i) => {
    const button = h('button', { type: 'button', role: 'tab', 'aria-controls': 'answer-panel', id: `answer-tab-${i}` }, label);
    button.addEventListener('click', () => show(i, make));
    return button;
  });
  const show = (at, make) => {
    for (const [i, button] of buttons.entries()) {
      button.setAttribute('aria-selected', String(i === at));
      button.tabIndex = i === at ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', `answer-tab-${at}`);
    panel.replaceChildren(make());
  };
  const bar = h('div', { role: 'tablist', class: 'tabs', 'aria-label': 'Parts of the answer' }, ...buttons);
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  show(0, views[0][1]);
  return [bar, panel];
}

export function answerView(request, { status, statusText, milliseconds, text, headers }) {
  const curl = curlOf(request);
  const curlView = () =>
    h(
      'div',
      {},
      h('pre', { class: 'code wrap', tabindex: '0' }, curl),
      copyButton('Copy', () => curl),
    );
  const line = h(
    'p',
    { class: 'status', role: 'status' },
    h('span', { class: `pill ${kindOf(status)}` }, `${status} ${statusText}`.trim()),
    h('span', {}, `${Math.round(milliseconds)} ms`),
    h('span', {}, sizeOf(text)),
  );
  return [line, ...tabs([...viewsOf(text), ['curl', curlView], ['Headers', () => headersView(headers)]])];
}

export const waitingView = () => [h('p', { class: 'empty', role: 'status' }, 'Waiting for the answer…')];

export const nothingView = () => [h('p', { class: 'empty' }, 'The answer appears here. Ctrl + Enter sends the request.')];

export const unreachableView = (error) => [h('p', { class: 'fault', role: 'alert' }, `No answer came: ${error.message}`)];
