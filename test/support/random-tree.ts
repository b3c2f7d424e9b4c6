/** Random filters of groups and quantifiers, orders through relations, and arguments of nested lists. */
import fc from 'fast-check';
import { type Interests, operands, operators, pick, relations, type Walk } from './random-vocabulary.ts';
import { columnsOf } from './readable.ts';

type Tree = Readonly<Record<string, unknown>>;

const withoutOperand = new Set(['null', 'nnull', 'empty', 'nempty']);

function leaf(collection: string, { columns }: Interests): fc.Arbitrary<Tree> {
  return columns(collection).chain((column) =>
    fc.tuple(pick(operators), operands(collection, column), fc.boolean()).map(([operator, value, truth]) => {
      const operand = withoutOperand.has(operator) ? truth : value;
      return { [column]: { [`_${operator}`]: operand } };
    }),
  );
}

function tree(collection: string, interest: Interests, depth: number): fc.Arbitrary<Tree> {
  const one = leaf(collection, interest);
  const targets = interest.targets(collection);
  if (depth === 0) return one;
  const inner = tree(collection, interest, depth - 1);
  const groups = fc
    .tuple(pick(['_and', '_or']), fc.array(inner, { minLength: 1, maxLength: 3 }))
    .map(([key, parts]): Tree => ({ [key]: parts }));
  const negation = inner.map((part): Tree => ({ _not: part }));
  if (targets.length === 0) return fc.oneof(one, groups, negation);
  const step = fc
    .tuple(pick(targets), pick(['', '_some', '_none', '_every']))
    .chain(([[name, to], quantifier]) =>
      tree(to, interest, depth - 1).map((where): Tree => ({ [name]: quantifier === '' ? where : { [quantifier]: where } })),
    );
  return fc.oneof(
    { weight: 2, arbitrary: one },
    { weight: 1, arbitrary: groups },
    { weight: 1, arbitrary: negation },
    { weight: 4, arbitrary: step },
  );
}

/** A filter as one JSON value. */
export function filterTrees(root: string, interest: Interests): fc.Arbitrary<Tree> {
  return tree(root, interest, 3);
}

export const signed = (names: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(names, fc.boolean()).map(([name, down]) => `${down ? '-' : ''}${name}`);

const isToOne = (collection: string, name: string): boolean =>
  columnsOf(collection).includes(name) || (collection === 'shipment_lines' && name === 'shipments');

function toOneWalks(root: string, interest: Interests): fc.Arbitrary<Walk> {
  return fc.array(fc.nat(), { minLength: 1, maxLength: 3 }).map((choices) => {
    const steps: string[] = [];
    let end = root;
    for (const choice of choices) {
      const names = interest.targets(end).filter(([name]) => isToOne(end, name));
      const next = names[choice % Math.max(1, names.length)];
      if (!next) break;
      steps.push(next[0]);
      end = next[1];
    }
    return { steps, end };
  });
}

/** One or two terms by columns of related rows. */
export function sortPaths(root: string, interest: Interests): fc.Arbitrary<string> {
  const path = toOneWalks(root, interest).chain(({ steps, end }) => interest.columns(end).map((column) => [...steps, column].join('.')));
  return fc.array(signed(path), { minLength: 1, maxLength: 2 }).map((terms) => terms.join(','));
}

/** Arguments of one relation, and the field that brings it in. */
export function deepArguments(root: string, interest: Interests): fc.Arbitrary<{ field: string; deep: Tree }> {
  return interest
    .walks(root, 2)
    .filter(({ steps }) => steps.length > 0)
    .chain(({ steps, end }) => {
      const before = steps.slice(0, -1).reduce((at, name) => relations[at]?.[name] ?? at, root);
      const many = !isToOne(before, steps[steps.length - 1] ?? '');
      const optional = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
      const ofList = {
        _sort: optional(fc.oneof(signed(interest.columns(end)), sortPaths(end, interest))),
        _limit: optional(fc.integer({ min: -1, max: 3 })),
        _offset: optional(fc.integer({ min: 0, max: 2 })),
      };
      return fc
        .record({ _filter: optional(tree(end, interest, 2)), _search: optional(pick(['a', 'e', '1', 'o'])), ...(many ? ofList : {}) })
        .map((given) => ({
          field: [...steps, '*'].join('.'),
          deep: steps.reduceRight<Tree>((inner, step) => ({ [step]: inner }), given),
        }));
    });
}
