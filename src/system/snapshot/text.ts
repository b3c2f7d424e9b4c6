/** Snapshots as text and back: JSON with two blanks, the same text for the same configuration. */
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, jsonTextOf, parseJsonBody } from '../../lib/json-body.ts';
import { checkedSnapshot } from './shape.ts';
import type { Snapshot } from './types.ts';

function pretty(value: Json, indent: string): string {
  const inner = `${indent}  `;
  if (isJsonList(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((one) => `${inner}${pretty(one, inner)}`).join(',\n')}\n${indent}]`;
  }
  if (!isJsonObject(value)) return jsonTextOf(value);
  const members = Object.entries(value);
  if (members.length === 0) return '{}';
  return `{\n${members.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${pretty(one, inner)}`).join(',\n')}\n${indent}}`;
}

/** The file. */
export function printSnapshot(snapshot: Snapshot): string {
  return `${pretty(snapshot, '')}\n`;
}

/**
 * What a file says.
 *
 * @throws GatewayError validation, with the place of the first fault
 */
export function parseSnapshot(text: string): Snapshot {
  let content: Json;
  try {
    content = parseJsonBody(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = position === undefined ? '' : `: see line ${text.slice(0, Number(position)).split('\n').length}`;
    throw new GatewayError('validation', { message: `The file is not valid JSON${line}` });
  }
  return checkedSnapshot(content);
}
