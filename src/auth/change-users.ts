/** Changes of users and roles on behalf of others than users: in one transaction, recorded, and never without an administrator left. */
import type { FastifyRequest } from 'fastify';
import { administratorRole } from '../access/compile-rules.ts';
import type { Actor } from '../access/types.ts';
import type { Transaction } from '../dialect/types.ts';
import { lockRows } from '../engine/lock-rows.ts';
import { prepareWrite } from '../engine/prepare-write.ts';
import { type ReadContext, read } from '../engine/read.ts';
import { type WithinWrite, type WriteContext, type WriteSession, writing } from '../engine/write.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import type { RequestedMutation } from '../query/mutation.ts';

export interface Changing {
  /** What is read here is read in the transaction. */
  readonly within: WithinWrite;
  /** Writes, and gives the keys of what was written. */
  write(mutation: RequestedMutation): Promise<readonly string[]>;
}

/** Nothing is nested in what is written so. */
export const flat: WriteContext['syntax'] = { toOne: () => undefined, toMany: () => [] };

/** What extensions and webhooks want to know of an actor's writes; filters that run within a write work in its session. */
type Listeners = (project: Project, actor: Actor, session?: WriteSession) => Pick<WriteContext, 'filters' | 'watch'>;

declare module 'fastify' {
  interface FastifyInstance {
    /** Set by the server. */
    readonly writeListeners: Listeners;
  }
}

export interface ChangeContext extends WriteContext {
  readonly project: Project;
  readonly listeners: Listeners;
}

/** What the gateway itself writes with, on behalf of a request; `author` is who is written down. */
export function ownWrites(request: FastifyRequest, reason: string, author?: Actor): ChangeContext {
  const { project, headers } = request;
  const { connection, limits, sealer, schemas, rules } = project;
  const actor: Actor = { is: 'system', reason };
  const listeners = request.server.writeListeners;
  return {
    project,
    actor,
    listeners,
    ...listeners(project, actor),
    ...(author ? { author } : {}),
    schema: schemas.current,
    rules: rules.current,
    connection,
    limits,
    sealer,
    userAgent: headers['user-agent'] ?? '',
    syntax: flat,
    recorded: () => project.recorded(),
  };
}

async function administrators(within: ReadContext): Promise<number> {
  const { counts } = await read(within, {
    collection: 'directus_users',
    selection: { all: false, named: new Map([['id', null]]), without: new Set() },
    where: {
      is: 'all',
      of: [
        { is: 'compare', path: ['role'], operator: 'eq', value: administratorRole },
        { is: 'compare', path: ['status'], operator: 'eq', value: 'active' },
      ],
    },
    limit: 0,
    offset: 0,
    counts: { filtered: true, total: false, byStatus: false },
    stubs: false,
  });
  return counts.filtered ?? 0;
}

/**
 * Runs `run` in a transaction, and gives what it gives. Changes of who is an administrator wait for one another, so that two of them
 * cannot each leave the last one to the other.
 *
 * `done` is called in it, last of all, with what `run` gave.
 *
 * @throws GatewayError `forbidden` when no active administrator would be left
 */
export async function changeUsers<T>(
  context: ChangeContext,
  run: (changing: Changing) => Promise<T>,
  done?: (transaction: Transaction, value: T) => Promise<void>,
): Promise<T> {
  const result = await writing(context, async (session) => {
    const { within } = session;
    await lockRows(session, 'directus_roles', [administratorRole]);
    const before = await administrators(within);
    const value = await run({
      within,
      async write(mutation) {
        const { filters } = context.listeners(context.project, context.actor, session);
        const preparing = { ...within, syntax: context.syntax, ...(filters ? { filters } : {}) };
        const rows = await session.write(await prepareWrite(preparing, mutation, {}));
        return rows.map(({ key }) => key ?? '');
      },
    });
    if (before > 0 && (await administrators(within)) === 0) {
      throw new GatewayError('forbidden', { message: 'The last active administrator stays one' });
    }
    return {
      plain: !done,
      async read({ connection }) {
        await done?.(connection, value);
        return value;
      },
    };
  });
  await context.project.rules.reload();
  context.project.bus.tell('access');
  return result;
}
