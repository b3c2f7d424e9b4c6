/** JSON as it came: laid out and coloured without reading its numbers, which may have more digits than a script's numbers. */
import { h } from './dom.js';

const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

/** Beyond this many characters a text is shown as it is. */
const most = 400_000;

function colouring(token, isKey) {
  if (isKey) return 'key';
  if (token.startsWith('"')) return 'string';
  if (token === 'true' || token === 'false' || token === 'null') return 'word';
  return 'number';
}

/** An element with the text laid out; of what is no JSON, the text itself. */
export function jsonView(text) {
  const view = h('pre', { class: 'code', tabindex: '0' });
  if (text.length > most) {
    view.textContent = text;
    return view;
  }
  try {
    JSON.parse(text);
  } catch {
    view.textContent = text;
    return view;
  }
  const all = text.match(tokens) ?? [];
  const parts = [];
  let depth = 0;
  const line = () => parts.push(`\n${'  '.repeat(depth)}`);
  for (const [i, token] of all.entries()) {
    if (token === '{' || token === '[') {
      const empty = all[i + 1] === '}' || all[i + 1] === ']';
      parts.push(token);
      depth += 1;
      if (!empty) line();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      if (all[i - 1] !== '{' && all[i - 1] !== '[') line();
      parts.push(token);
    } else if (token === ',') {
      parts.push(token);
      line();
    } else if (token === ':') parts.push(': ');
    else parts.push(h('span', { class: colouring(token, all[i + 1] === ':') }, token));
  }
  view.append(...parts);
  return view;
}

const mark = '\u0001';

/** The value, its numbers as marked texts. */
export function exactValue(text) {
  return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => (token.startsWith('"') ? token : `"\\u0001${token}"`)));
}

/** A value of `exactValue` in one line, and whether it is a number. */
export function told(value) {
  if (typeof value === 'string') return value.startsWith(mark) ? { text: value.slice(1), number: true } : { text: value, number: false };
  return { text: value === null ? '' : JSON.stringify(value).replaceAll(/"\\u0001([^"]*)"/g, '$1'), number: false };
}
