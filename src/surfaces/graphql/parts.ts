/** What the types of one schema are made of: what the caller may see, and the types by collection. */
import {
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLLeafType,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import { type Reach, reachOf, readableFields, targetOf, type WriteAction } from '../../access/reach.ts';
import type { ReadContext } from '../../engine/read.ts';
import { graphqlName } from '../../schema/names.ts';
import { pointForm } from '../../schema/points.ts';
import type { Collection, Field, Relation } from '../../schema/types.ts';
import { enumLabels, scalarOf } from './field-scalars.ts';
import { type InputFields, operatorName, operatorType } from './operator-types.ts';
import { type CollectionNames, namesOf, type TypePart } from './type-names.ts';

export type State = Pick<ReadContext, 'schema' | 'rules' | 'actor'>;

/** What may be done with rows of a collection, whatever the rows. */
export type Does = ReadonlySet<WriteAction>;

export interface Parts extends Reach {
  readonly names: ReadonlyMap<string, CollectionNames>;
  readonly operators: (leaf: GraphQLLeafType, points?: boolean) => GraphQLInputObjectType;
  /** The type of a field's values; of a list of texts that of one. */
  leaf(field: Field): GraphQLLeafType;
  object(collection: string, part: TypePart): GraphQLObjectType;
  input(collection: string, part: TypePart): GraphQLInputObjectType;
  /** What may be done with rows that relations lead to: those of the system are written by administrators alone there. */
  nested(collection: Collection): Does;
  /** Where a relation leads, for those that the caller may follow. */
  target(relation: Relation): Collection | undefined;
}

/** Told where a name of ours is not the one of the database. */
export function described(name: string, more?: string | null): { readonly description?: string } {
  const mapped = graphqlName(name) === name ? [] : [`Stands for "${name}".`];
  const text = [...(more ? [more] : []), ...mapped].join(' ');
  return text === '' ? {} : { description: text };
}

type Fields<T> = (collection: Collection, parts: Parts) => T;

export interface Makers {
  readonly objects: Partial<Record<TypePart, Fields<GraphQLFieldConfigMap<unknown, unknown>>>>;
  readonly inputs: Partial<Record<TypePart, Fields<InputFields>>>;
  /** Of an item. */
  readonly interfaces: Fields<GraphQLInterfaceType[]>;
  /** Whether a collection has that part at all. */
  has(part: TypePart, collection: Collection, parts: Parts): boolean;
}

export interface MadeParts {
  readonly parts: Parts;
  /** All types made so far. */
  readonly types: readonly GraphQLNamedType[];
  /** Makes the types of all collections, so that a document may name each. */
  allShells(): void;
  /** From then on types tell their fields: a schema of a thousand collections is put together without looking into them. */
  open(): void;
}

/** The parts of a schema. Types are shells whose fields are made when a document first looks into them. */
export function makeParts(state: State, writable: ReadonlyMap<string, Does>, taken: readonly string[], makers: Makers): MadeParts {
  const reach = reachOf(state.schema, state.rules, state.actor);
  const { schema, readable, visible, unlimited } = reach;
  const all = [...schema.collections.values()].filter(({ name }) => readable.has(name) || writable.has(name));
  const names = namesOf(all, taken);
  const types = new Map<string, GraphQLNamedType>();
  const gate = { open: false };
  const shell = <Type extends { getFields(): object }>(type: Type): Type => {
    const own = type.getFields.bind(type);
    type.getFields = () => (gate.open ? own() : {});
    return type;
  };
  const keep = <T extends GraphQLNamedType>(name: string, make: () => T): T => {
    const found = types.get(name);
    if (found) return found as T;
    const made = make();
    types.set(name, made);
    return made;
  };
  const named = (collection: string, part: TypePart): string => names.get(collection)?.type(part) ?? collection;
  const of = (collection: string): Collection => {
    const found = schema.collections.get(collection);
    if (!found) throw new Error(`There is no collection ${collection}`);
    return found;
  };
  const filters: ReadonlySet<TypePart> = new Set<TypePart>(['Filter', 'Where', 'WhereOne', 'WhereMany']);
  const inputs = (name: string, part: TypePart): boolean => {
    if (part === 'Create' || part === 'Update') return writable.get(name)?.has(part === 'Create' ? 'create' : 'update') ?? false;
    return filters.has(part) ? readable.has(name) : writable.size > 0;
  };
  const parts: Parts = {
    ...reach,
    names,
    operators: (leaf, points = false) => keep(operatorName(leaf.name, points), () => operatorType(leaf, points)),
    leaf(field) {
      const labels = enumLabels(field);
      if (!labels) return scalarOf(field);
      const name = `${named(field.collection, '')}_${graphqlName(field.name)}`;
      return keep(name, () => new GraphQLEnumType({ name, values: Object.fromEntries(labels.map((label) => [label, { value: label }])) }));
    },
    object: (collection, part) =>
      keep(named(collection, part), () => {
        const fields = () => makers.objects[part]?.(of(collection), parts) ?? {};
        const one = of(collection);
        const item = part === 'Item' ? { ...described(collection, one.comment), interfaces: makers.interfaces(one, parts) } : {};
        return shell(new GraphQLObjectType({ name: named(collection, part), fields, ...item }));
      }),
    input: (collection, part) =>
      keep(named(collection, part), () => {
        const fields = () => makers.inputs[part]?.(of(collection), parts) ?? {};
        return shell(new GraphQLInputObjectType({ name: named(collection, part), fields }));
      }),
    nested({ name, system }) {
      return (system && !unlimited ? undefined : writable.get(name)) ?? new Set();
    },
    target: (relation) => targetOf(reach, relation),
  };
  return {
    parts,
    get types() {
      return [...types.values()];
    },
    allShells() {
      parts.operators(GraphQLString);
      for (const collection of all) {
        for (const field of collection.fields.values()) if (writable.has(collection.name)) parts.leaf(field);
        for (const part of Object.keys(makers.inputs) as TypePart[]) if (inputs(collection.name, part)) parts.input(collection.name, part);
        if (!readable.has(collection.name)) continue;
        for (const part of Object.keys(makers.objects) as TypePart[])
          if (makers.has(part, collection, parts)) parts.object(collection.name, part);
        for (const field of readableFields({ visible }, collection)) parts.operators(parts.leaf(field), pointForm(field) !== undefined);
      }
    },
    open() {
      gate.open = true;
    },
  };
}

export type Arguments = GraphQLFieldConfigArgumentMap;
