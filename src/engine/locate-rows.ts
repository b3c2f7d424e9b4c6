/** Finds the rows of a write that does not name their keys, and locks them. */
import type { Scalar } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { compileLookup, compileMatching } from '../sql/lookup.ts';
import { keyIn, templateOf } from './row-text.ts';
import { demandWrite, type WriteState } from './write-state.ts';

/** Lists of values that one statement looks for: each is compared with every row that is found. */
const soughtAtOnce = 200;

/**
 * Gives each node the key of the row that has its values in the columns `by`; a node for which there is none is to be made. So is one for
 * which there is none among the `visible`: what refuses a new row refuses it alike, and nobody hears that it is there who could not make it.
 */
export async function locateUnique(
  state: WriteState,
  by: readonly Field[],
  nodes: readonly WriteNode[],
  visible: Filter,
): Promise<WriteNode[]> {
  const located: WriteNode[] = [];
  for (let i = 0; i < nodes.length; i += soughtAtOnce) {
    const some = nodes.slice(i, i + soughtAtOnce);
    const found = await lookUp(state, by, some, visible);
    located.push(
      ...some.map((node, at) => {
        const there = found.get(at);
        return there?.visible ? changing(node, by, there.key) : making(state, node, there !== undefined);
      }),
    );
  }
  return located;
}

/** One node for each row that matches, as the one given says. Throws unprocessable where there are more than `most`. */
export async function locateMatching(
  { connection }: WriteState,
  where: Filter,
  most: number,
  [node]: readonly WriteNode[],
): Promise<WriteNode[]> {
  if (!node) return [];
  const { collection, values } = node;
  const { statement, write } = compileMatching(collection, where, most + 1, templateOf(collection.key), connection.dialect);
  const found = await connection.texts(statement);
  if (found.length > most) {
    const message = `limit: more than the ${most} rows that may change match; nothing was changed`;
    throw new GatewayError('unprocessable', { message });
  }
  return found.flatMap((cells) => {
    const key = keyIn(write(cells), collection);
    return key ? { ...node, key, values: new Map(values) } : [];
  });
}

interface There {
  readonly key: Scalar[];
  readonly visible: boolean;
}

async function lookUp(
  { connection }: WriteState,
  by: readonly Field[],
  nodes: readonly WriteNode[],
  visible: Filter,
): Promise<Map<number, There>> {
  const found = new Map<number, There>();
  const [first] = nodes;
  if (!first) return found;
  const { collection } = first;
  const wanted = nodes.map(({ values }) => by.map((field) => values.get(field) ?? null));
  const { statement, write } = compileLookup(collection, by, wanted, templateOf(collection.key), connection.dialect, { visible });
  for (const cells of await connection.texts(statement)) {
    const key = keyIn(write(cells), collection);
    if (key) found.set(Number(cells[0]), { key, visible: cells[1] === '1' });
  }
  return found;
}

/** The columns that name the row are not written: they hold what they held, as the database compares. */
function changing(node: WriteNode, by: readonly Field[], key: Scalar[]): WriteNode {
  for (const field of by) node.values.delete(field);
  return { ...node, key };
}

function making(state: WriteState, node: WriteNode, taken: boolean): WriteNode {
  demandWrite(state, node, 'create', undefined);
  return { ...node, does: 'create', ...(taken ? { taken } : {}) };
}
