/** Runs the hooks of extensions: filters before a read or write and after a read, actions after a commit. Loading them is not done here. */
import type { Actor } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { type Log, silentLog } from '../lib/log.ts';
import { describeForLog } from '../lib/redact.ts';
import { refusalOf } from '../lib/refusal.ts';
import type { Notice } from './notices.ts';

export interface WriteEvent {
  readonly collection: string;
  readonly action: 'create' | 'update' | 'delete';
}

/** Changes of tables and of what is said of them; `collection` names the one that is changed, and the keys of fields are their names. */
type SchemaAction = `${'collection' | 'field'}.${WriteEvent['action']}`;

export type HookAction = WriteEvent['action'] | 'read' | SchemaAction | Notice;

/** What filters come before and actions after. */
export interface ChangeEvent {
  readonly collection: string;
  readonly action: WriteEvent['action'] | SchemaAction;
}

export interface HookCaller {
  /** Null for the public and for our own work. */
  readonly user: string | null;
  readonly role: string;
  readonly admin: boolean;
  readonly ip: string;
}

/** Plain JSON values; numbers that a double does not hold are bigints or ExactNumbers (lib/plain-json.ts). */
export type Payload = Record<string, unknown>;

/** What a hook is told beside the value it filters. */
export interface HookAbout {
  /** Empty where there is none. */
  readonly collection: string;
  readonly action: HookAction;
  readonly caller: HookCaller;
  /** Of an update, a delete or a read by key; after a commit of every item. */
  readonly keys?: readonly string[];
  /** Of filters of answers: what was asked. */
  readonly request?: { readonly method: string; readonly path: string };
  /** What the hook may work with, where it is given. */
  readonly services?: unknown;
}

/** What whoever runs hooks tells them. */
export interface HookGiven extends Pick<HookAbout, 'caller' | 'keys' | 'request'> {
  /** Makes the services of a hook, which are told its name. */
  readonly services?: (hook: string) => unknown;
}

/** One function of an extension. */
export interface Listener {
  /** The extension's name. */
  readonly hook: string;
  readonly phase: 'before' | 'after';
  readonly action: HookAction;
  /** Any where it is left out. Of a filter of answers their method, their collection, or both. */
  readonly collection?: string;
  /** An action that comes before the others of its event. */
  readonly early?: boolean;
  /** A filter gives the value that replaces the one given, or nothing to keep that; of an action it is ignored. */
  run(value: unknown, about: HookAbout): unknown;
}

export interface Hooks {
  /** Whether anything listens, so that nothing is built for nobody. */
  listens(phase: 'before' | 'after', action: HookAction, collection: string): boolean;
  /** Whether any filter of any write does. */
  readonly filtersWrites: boolean;
  /** Whether any action does, of rows or of the content of files. */
  readonly actsOnWrites: boolean;
  /** Whether anybody asks for the bodies of answers. */
  readonly looksAtAnswers: boolean;
  /**
   * The payload of one item before it is bound and authorised; what comes back is to be bound and authorised as if the caller had sent
   * it. The object is handed over: hooks may change it. Of a delete nothing but a refusal counts.
   *
   * @throws GatewayError what the hook refuses with, `internal` for any other failure, which is logged with the hook's name
   */
  before(event: ChangeEvent, payload: Payload, given: HookGiven): Promise<Payload>;
  /** After a commit, once for each item. Never throws and is never waited for: failures and slowness are logged with the hook's name. */
  after(
    event: ChangeEvent & { readonly keys: readonly string[]; readonly items?: readonly unknown[] },
    given: Omit<HookGiven, 'keys'>,
  ): void;
  /** Tells of what is no write, as `after` does. */
  tell(event: { readonly action: Notice; readonly collection?: string }, value: unknown, given: HookGiven): void;
  /** The parameters of a read's query, before they are parsed. Throws as `before`. */
  beforeRead(collection: string, query: Payload, given: HookGiven): Promise<Payload>;
  /** The rows of an answer. Throws as `before`. */
  afterRead(collection: string, rows: readonly unknown[], given: HookGiven): Promise<readonly unknown[]>;
  /** Whether a filter listens to such answers. */
  filtersAnswer(of: AnswerKind): boolean;
  /** The JSON value of an answer's body. Throws as `before`. */
  filterAnswer(of: AnswerKind, body: unknown, given: HookGiven): Promise<unknown>;
  /** When the actions under way have ended. */
  settled(): Promise<void>;
}

/** What an answer is of. */
export interface AnswerKind {
  readonly method: string;
  /** Empty where it is of none. */
  readonly collection: string;
}

export interface HookOptions {
  readonly log: Log;
  /** A filter that takes longer refuses the request; an action that does is logged. */
  readonly milliseconds: number;
}

type Event = Pick<HookAbout, 'collection' | 'action'>;

function aboutOf(hook: string, event: Event, { caller, keys, request, services }: HookGiven): HookAbout {
  return {
    ...event,
    caller,
    ...(keys ? { keys } : {}),
    ...(request ? { request } : {}),
    ...(services ? { services: services(hook) } : {}),
  };
}

/** Who asks, as hooks are told. */
export function callerOf(actor: Actor): HookCaller {
  if (actor.is === 'system') return { user: null, role: '', admin: true, ip: '' };
  const user = actor.is === 'user' ? actor : undefined;
  return { user: user?.id ?? null, role: actor.role, admin: user?.admin ?? false, ip: actor.ip };
}

const isObject = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);
const isAnything = (_value: unknown): _value is unknown => true;
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Hooks that call these functions, in their order. */
export function createHooks(listeners: readonly Listener[], { log, milliseconds }: HookOptions): Hooks {
  const known = new Map<string, Listener[]>();
  for (const one of listeners) {
    const name = nameOf(one.phase, one.action, one.collection);
    known.set(name, [...(known.get(name) ?? []), one]);
  }
  for (const list of known.values()) list.sort((a, b) => Number(b.early ?? false) - Number(a.early ?? false));
  const found = (phase: 'before' | 'after', action: HookAction, collection: string): Listener[] => [
    ...(known.get(nameOf(phase, action)) ?? []),
    ...(known.get(nameOf(phase, action, collection)) ?? []),
  ];
  const answersOf = ({ method, collection }: AnswerKind): Listener[] => {
    const names = collection === '' ? [method] : [method, collection, `${collection}.${method}`];
    return [undefined, ...names].flatMap((name) => known.get(nameOf('before', 'response', name)) ?? []);
  };
  const running = new Set<Promise<void>>();

  function failed(hook: string, about: HookAbout, error: unknown): GatewayError {
    const { collection, action } = about;
    log.error({ hook, collection, action, error: describeForLog(error) }, `the hook ${hook} failed`);
    return new GatewayError('internal', {}, new Error(`the hook ${hook} failed`));
  }

  async function filtered<T>(
    list: readonly Listener[],
    value: T,
    event: Event,
    given: HookGiven,
    fits: (value: unknown) => value is T,
  ): Promise<T> {
    let current = value;
    for (const { hook, run } of list) {
      const about = aboutOf(hook, event, given);
      let returned: unknown;
      try {
        returned = await within(milliseconds, async () => run(current, about));
        if (returned !== undefined && !fits(returned)) throw new TypeError('It gave back a value of another kind than it was given');
      } catch (error) {
        throw refusalOf(error) ?? failed(hook, about, error);
      }
      if (returned !== undefined) current = returned;
    }
    return current;
  }

  async function act({ hook, run }: Listener, value: unknown, about: HookAbout): Promise<void> {
    const slow = setTimeout(() => log.warn({ hook, collection: about.collection, milliseconds }, `the hook ${hook} is slow`), milliseconds);
    slow.unref();
    try {
      await run(value, about);
    } catch (error) {
      failed(hook, about, error);
    } finally {
      clearTimeout(slow);
    }
  }

  function later(work: () => Promise<void>): void {
    // The answer goes first.
    const done = new Promise((over) => setImmediate(over)).then(work);
    running.add(done);
    void done.finally(() => running.delete(done));
  }

  return {
    filtersWrites: listeners.some(({ phase, action }) => phase === 'before' && isWrite(action)),
    actsOnWrites: listeners.some(({ phase, action }) => phase === 'after' && (isWrite(action) || action.startsWith('file.'))),
    looksAtAnswers: listeners.some(({ action }) => action === 'response'),
    listens: (phase, action, collection) =>
      known.size > 0 && (known.has(nameOf(phase, action)) || known.has(nameOf(phase, action, collection))),
    before: ({ collection, action }, payload, given) =>
      filtered(found('before', action, collection), payload, { collection, action }, given, isObject),
    after({ collection, action, keys, items }, given) {
      const list = found('after', action, collection);
      if (list.length === 0) return;
      later(async () => {
        for (const [i, key] of keys.entries())
          for (const one of list) await act(one, items?.[i], aboutOf(one.hook, { collection, action }, { ...given, keys: [key] }));
      });
    },
    tell({ action, collection = '' }, value, given) {
      const list = found('after', action, collection);
      if (list.length === 0) return;
      later(async () => {
        for (const one of list) await act(one, value, aboutOf(one.hook, { collection, action }, given));
      });
    },
    beforeRead: (collection, query, given) =>
      filtered(found('before', 'read', collection), query, { collection, action: 'read' }, given, isObject),
    afterRead: (collection, rows, given) =>
      filtered(found('after', 'read', collection), rows, { collection, action: 'read' }, given, isList),
    filtersAnswer: (of) => answersOf(of).length > 0,
    filterAnswer: ({ method, collection }, body, given) =>
      filtered(answersOf({ method, collection }), body, { collection, action: 'response' }, given, isAnything),
    async settled() {
      await Promise.all(running);
    },
  };
}

const isWrite = (action: HookAction): boolean => action === 'create' || action === 'update' || action === 'delete';

/** A collection's name stands last, as it may hold anything. */
function nameOf(phase: string, action: string, collection?: string): string {
  return collection === undefined ? `${phase} ${action}` : `${phase} ${action} ${collection}`;
}

async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`It took longer than ${milliseconds} ms (limits.hookMilliseconds)`)), milliseconds);
  });
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
}

/** For projects without extensions. */
export const noHooks: Hooks = createHooks([], { log: silentLog, milliseconds: 0 });
