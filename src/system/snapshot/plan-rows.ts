/** What a snapshot asks of roles, permissions and the other tables of rows. */
import { randomUUID } from 'node:crypto';
import { type MetadataWriter, storedRow, systemCollection } from '../../engine/editing/metadata-rows.ts';
import type { Json } from '../../lib/json-body.ts';
import type { Schema } from '../../schema/types.ts';
import type { Line } from './lines.ts';
import type { State, StoredRow } from './open.ts';
import { differing } from './plan-tables.ts';
import { keyTextOf, nameOf, type RowKind, rowKinds, stars } from './row-kinds.ts';
import { fault } from './shape.ts';
import type { Snapshot, Values } from './types.ts';

type RowStep = { readonly kind: RowKind } & (
  | { readonly is: 'insert'; readonly values: Values }
  | { readonly is: 'update'; readonly id: string; readonly values: Values }
  | { readonly is: 'remove'; readonly id: string }
);

export interface RowPlan {
  readonly lines: Line[];
  readonly steps: readonly RowStep[];
  /** Ids of the roles that are there, by their names in the file. */
  readonly roles: ReadonlyMap<string, string>;
}

/** Each under a key of its own: of those that have the same one, the first is the first. */
function keyed<T>(kind: RowKind, rows: readonly T[], valuesOf: (row: T) => Values): Map<string, T> {
  const counts = new Map<string, number>();
  return new Map(
    rows.map((row) => {
      const key = keyTextOf(kind, valuesOf(row));
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return [`${key} #${count}`, row];
    }),
  );
}

/** Roles of the file by the ids they have here. */
function rolesHere(state: State, snapshot: Snapshot): Map<string, string> {
  const here = new Map<string, string>();
  for (const wanted of snapshot.roles) {
    const fixed = wanted['fixed'] ?? null;
    const found = state.rows.roles.find(({ values }) =>
      fixed === null ? values['fixed'] === null && values['name'] === wanted['name'] : values['fixed'] === fixed,
    );
    if (found) here.set(String(wanted['name']), found.id);
  }
  return here;
}

/** Rows as they are, with the names that the file has for their roles. */
function renamed(rows: readonly StoredRow[], state: State, roles: ReadonlyMap<string, string>): StoredRow[] {
  const names = new Map<Json, string>();
  for (const { id, values } of state.rows.roles) {
    const inFile = [...roles].find(([, other]) => other === id)?.[0];
    names.set(values['name'] ?? null, inFile ?? String(values['name']));
  }
  return rows.map((row) => {
    const role = row.values['role'] ?? null;
    return role === null ? row : { ...row, values: { ...row.values, role: names.get(role) ?? role } };
  });
}

/** Plans the rows. Throws GatewayError validation for values that no column takes. */
export function planRowKinds(state: State, snapshot: Snapshot): RowPlan {
  const roles = rolesHere(state, snapshot);
  const lines: Line[] = [];
  const steps: RowStep[] = [];
  for (const kind of rowKinds) {
    const is = keyed(kind, renamed(state.rows[kind.section], state, roles), ({ values }) => values);
    const wanted = keyed(kind, snapshot[kind.section], (values) => values);
    for (const [key, values] of wanted) {
      const known = is.get(key);
      const names = known ? differing(values, known.values).filter((name) => name !== 'fixed') : Object.keys(values);
      if (known && names.length === 0) continue;
      const changed = Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
      check(state.schema, kind, changed);
      if (known) steps.push({ kind, is: 'update', id: known.id, values: changed });
      else if (JSON.stringify(values['url'] ?? '').includes(stars)) {
        fault(nameOf(kind, values), 'Its address has stars for what is secret: write the whole address to have it made.');
      } else if ((values['fixed'] ?? null) !== null)
        fault(nameOf(kind, values), 'This role is part of every installation, and missing here.');
      else steps.push({ kind, is: 'insert', values: changed });
      lines.push(known ? { sign: '~', text: `${nameOf(kind, values)}: ${names.join(', ')}` } : { sign: '+', text: nameOf(kind, values) });
    }
    const others = [...is].filter(([key]) => !wanted.has(key)).map(([, row]) => row);
    for (const { id, values } of others) {
      if (kind.removes) steps.push({ kind, is: 'remove', id });
      lines.push({
        sign: kind.removes ? '-' : '=',
        text: `${nameOf(kind, values)}${kind.removes ? '' : ' stays: the file does not name it'}`,
      });
    }
  }
  return { lines, steps, roles };
}

function check(schema: Schema, kind: RowKind, values: Values): void {
  const { role: _, fixed: __, ...own } = values;
  try {
    storedRow(systemCollection(schema, kind.table), own);
  } catch (error) {
    fault(nameOf(kind, values), error instanceof Error ? error.message : String(error));
  }
}

/** Writes the rows; roles come first, so that others can name them. */
export async function writeRowKinds(writer: MetadataWriter, { steps, roles }: RowPlan): Promise<void> {
  const ids = new Map(roles);
  const stored = ({ fixed: _, ...values }: Values): Values => {
    const role = values['role'] ?? null;
    return role === null ? values : { ...values, role: Number(ids.get(String(role))) };
  };
  for (const step of steps) {
    const { table, section } = step.kind;
    if (step.is === 'remove') await writer.remove(table, { id: Number(step.id) });
    else if (step.is === 'update') await writer.update(table, { id: Number(step.id) }, stored(step.values));
    else if (section === 'roles') {
      ids.set(String(step.values['name']), await writer.insert(table, { ...stored(step.values), external_id: randomUUID() }));
    } else await writer.insert(table, stored(step.values));
  }
}
