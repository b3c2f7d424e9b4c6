/** The headless mercurius of every role of a project, each with the schema of what its callers may see. */
import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ProjectConfig } from '../../config/types.ts';
import { createExecutor, type Executor } from './mercurius.ts';
import type { State } from './parts.ts';
import { buildRoleSchema } from './role-schema.ts';
import { graphqlLimitsOf } from './settings.ts';

/** Of a project, what they live by. */
export interface Owner {
  readonly config: Pick<ProjectConfig, 'graphql'>;
  readonly ending: AbortSignal;
}

export interface RoleExecutor extends Executor {
  readonly schema: GraphQLSchema;
}

/**
 * Those kept for a project. One of forty collections takes about half a megabyte once documents have looked into all of it, and its
 * mercurius a fifth of one.
 */
const kept = 50;
/** Columns that they may have together, each of which takes some three kilobytes: those of a thousand tables have twelve thousand. */
const keptColumns = 100_000;
/** However many columns there are, so many schemas are kept. */
const leastKept = 4;

/** What a schema counts for: of what a role may see nothing is known yet, and most roles see most of it. */
function sizeOf({ schema }: State): number {
  let columns = 1;
  for (const { fields } of schema.collections.values()) columns += fields.size;
  return Math.min(columns, keptColumns / leastKept);
}
const executors = new WeakMap<Owner, LRUCache<string, Promise<RoleExecutor>>>();

/** What a closed one still executes, and what the last requests of its project ask of it, is answered. */
function close(one: Promise<RoleExecutor>): void {
  one.then((made) => made.close()).catch(() => undefined);
}

function executorsOf(owner: Owner): LRUCache<string, Promise<RoleExecutor>> {
  const known = executors.get(owner);
  if (known) return known;
  const made = new LRUCache<string, Promise<RoleExecutor>>({ max: kept, maxSize: keptColumns, dispose: close });
  owner.ending.addEventListener('abort', () => made.forEach(close), { once: true });
  executors.set(owner, made);
  return made;
}

async function createRoleExecutor(owner: Owner, state: State): Promise<RoleExecutor> {
  const schema = buildRoleSchema(state);
  return { schema, ...(await createExecutor(schema, graphqlLimitsOf(owner.config.graphql))) };
}

/** That of an actor under one version of schema and rules: of all callers of a role it is one. */
export function roleExecutor(owner: Owner, state: State): Promise<RoleExecutor> {
  const { schema, rules, actor } = state;
  const who = actor.is === 'system' ? 'system' : `${actor.is} ${actor.is === 'user' && actor.admin ? 'admin' : actor.role}`;
  const key = `${schema.version} ${rules.version} ${who}`;
  const own = executorsOf(owner);
  const known = own.get(key);
  if (known) return known;
  const made = createRoleExecutor(owner, state);
  own.set(key, made, { size: sizeOf(state) });
  made.catch(() => own.delete(key));
  if (owner.ending.aborted) close(made);
  return made;
}
