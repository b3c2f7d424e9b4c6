/** JSON read without losing digits: every number becomes a text such as `#9007199254740993`, spelled one way on all vendors. */
import type { Json } from './http.ts';

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** `10.50`, `1.05e1` and `10.5` are one number. */
export function canonicalNumber(text: string): string {
  const [mantissa = '', exponentText = '0'] = text.toLowerCase().split('e');
  const negative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  let digits = whole + fraction;
  let point = whole.length + Number(exponentText);
  if (point <= 0) {
    digits = '0'.repeat(1 - point) + digits;
    point = 1;
  }
  if (point > digits.length) digits += '0'.repeat(point - digits.length);
  const before = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const after = digits.slice(point).replace(/0+$/, '');
  const number = after === '' ? before : `${before}.${after}`;
  return negative && /[1-9]/.test(number) ? `-${number}` : number;
}

/** Parses the text; numbers come as `#` and their canonical digits. Throws where the text is no JSON. */
export function exactJson(text: string): Json {
  return JSON.parse(text.replace(token, (found) => (found.startsWith('"') ? found : `"#${canonicalNumber(found)}"`))) as Json;
}
