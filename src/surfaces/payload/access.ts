/** What the caller may do, told as the convention does: what is not granted is left out (payload-rest P-33). */
import type { FastifyReply } from 'fastify';
import { isWritten, type Reach, reachOf, writesOf } from '../../access/reach.ts';
import { type RowRights, rightsOfRow } from '../../engine/row-rights.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { callerOf, shapeOf } from './context.ts';
import { type Facts, factsOf, type Member } from './facts.ts';
import { type Seeing, targetOf } from './names.ts';
import { sendObject } from './respond.ts';
import type { Serving } from './serving.ts';
import { slugsOf } from './slugs.ts';
import { keyOfId } from './to-filter.ts';

type Allowed = Readonly<Record<string, unknown>>;

interface Asker {
  readonly seeing: Seeing;
  readonly reach: Reach;
  readonly context: CallerContext;
}

const askerOf = (context: CallerContext): Asker => ({
  context,
  seeing: shapeOf(context, new Map()),
  reach: reachOf(context.schema, context.rules, context.actor),
});

/** Those of the members that are true, or objects that hold some. */
function granted(members: Allowed): Allowed {
  const held = Object.entries(members).filter(
    ([, value]) => value === true || (typeof value === 'object' && value !== null && Object.keys(value).length > 0),
  );
  return Object.fromEntries(held);
}

/** The table whose rows tie a document to others. */
function junctionOf({ seeing }: Asker, member: Extract<Member, { is: 'many' }>): Collection | undefined {
  const { relation } = member;
  return seeing.schema.collections.get(relation.kind === 'm2m' ? relation.through : relation.to);
}

/** What may be done with one name of a document; `row` is the document that is asked about. */
function memberAccess(asker: Asker, facts: Facts, member: Member, row: RowRights | undefined): Allowed {
  const { reach, seeing } = asker;
  if (member.is === 'join' || member.is === 'many') {
    const read = targetOf(seeing, member) !== undefined && !row?.hidden.has(member.name);
    const junction = member.is === 'many' && read ? junctionOf(asker, member) : undefined;
    const links = junction && writesOf(reach, junction);
    const write = links?.has('create') === true && links.has('delete');
    return { create: write, read, update: write };
  }
  const { field } = member;
  const read = seeing.visible.field(field) !== 'no' && !row?.hidden.has(field.name);
  const { generated, identityAlways } = field.column;
  const fixed = generated || identityAlways || facts.measured.has(field.name) || (field.primaryKey && field.column.autoIncrement);
  const create = !fixed && isWritten(reach, facts.collection, field.name);
  const grant = reach.writer.find(facts.collection);
  const update = create && !field.primaryKey && (!row || grant?.forbidden([field.name], row.status) === undefined);
  return { create, read, update };
}

/** Fields whose texts stand in rows of translations. */
function localisedAccess({ reach, seeing }: Asker, { translations }: Facts, does: Allowed): Allowed {
  if (!translations) return {};
  const { relation, collection, fields } = translations;
  const { visible } = seeing;
  const reads = does['read'] === true && visible.relation(relation) && visible.collection(collection);
  const writes = reads ? writesOf(reach, collection) : undefined;
  return Object.fromEntries(
    [...fields].map(([name, field]) => {
      const written = isWritten(reach, collection, name);
      const create = does['create'] === true && writes?.has('create') === true && written;
      const update = does['update'] === true && writes?.has('update') === true && written;
      return [name, granted({ create, read: reads && visible.field(field) !== 'no', update })];
    }),
  );
}

/** What the names of a document stand for, of which the caller may do something; `true` where that is everything. */
function fieldsAccess(asker: Asker, facts: Facts, does: Allowed, row: RowRights | undefined): unknown {
  if (asker.reach.unlimited) return true;
  const told = [...facts.members].map(([name, member]): [string, unknown] => {
    const { create, read, update } = memberAccess(asker, facts, member, row);
    const held = granted({
      create: create && does['create'] === true,
      read: read && does['read'] === true,
      update: update && does['update'] === true,
    });
    return [name, Object.keys(held).length === 3 ? true : held];
  });
  return granted({ ...localisedAccess(asker, facts, does), ...Object.fromEntries(told) });
}

/** What may be done with documents of a collection, or with the one of `row`. */
function collectionAccess(asker: Asker, collection: Collection, row?: RowRights): Allowed {
  const { reach, seeing, context } = asker;
  const facts = factsOf(collection, context.schema);
  const writes = writesOf(reach, collection);
  const single = collection.meta?.single === true;
  const read = reach.readable.has(collection.name);
  const revisions = context.schema.collections.get('directus_revisions');
  const does = {
    ...(single ? {} : { create: writes.has('create') }),
    read,
    update: row ? row.updates && writes.has('update') : writes.has('update'),
    ...(single ? {} : { delete: row ? row.deletes && writes.has('delete') : writes.has('delete') }),
  };
  const more = {
    readVersions: read && revisions !== undefined && seeing.visible.collection(revisions),
    ...(facts.isUsers ? { unlock: reach.unlimited } : {}),
  };
  return granted({ fields: fieldsAccess(asker, facts, does, row), ...does, ...more });
}

async function told({ asking, reply }: Serving, tell: (asker: Asker) => Promise<Allowed> | Allowed): Promise<FastifyReply> {
  const found = await retryRequestOnSchemaChange(await callerOf(asking), async (context) => tell(askerOf(context)));
  return sendObject(reply, found);
}

/** GET /access */
export function showAccess(serving: Serving): Promise<FastifyReply> {
  return told(serving, (asker) => {
    const { schema } = asker.context;
    const slugs = slugsOf(schema);
    const of = (entries: Iterable<[string, Collection]>): Allowed =>
      granted(Object.fromEntries([...entries].map(([slug, collection]) => [slug, collectionAccess(asker, collection)])));
    return granted({
      canAccessAdmin: asker.reach.unlimited,
      collections: of(slugs.collections),
      globals: of(slugs.globals),
    });
  });
}

/** POST /:slug/access, of one document with its id, and POST /globals/:slug/access. Throws `item_not_found` for what the caller may not read. */
export function accessOf(serving: Serving, { name }: Collection, id: string | undefined): Promise<FastifyReply> {
  return told(serving, async (asker) => {
    const collection = asker.context.schema.collections.get(name);
    if (!collection) throw new GatewayError('route_not_found');
    if (id === undefined) return collectionAccess(asker, collection);
    const key = keyOfId(collection, id);
    const row = key === undefined ? undefined : await rightsOfRow(asker.context, collection, key);
    if (!row) throw new GatewayError('item_not_found', { id });
    return collectionAccess(asker, collection, row);
  });
}
