/** All projects by key. Opens them in the background, keeps trying, and replaces them without losing a request. */
import type { ProjectConfig } from '../config/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { type OpenOptions, openProject, type Project, type WatchOfProject } from './project.ts';
import { createRedisLinks } from './redis.ts';

/** A project held for one request. `release` must be called when the request is over, and may be called again. */
export interface Lease {
  readonly project: Project;
  release(): void;
}

export interface ProjectState {
  readonly key: string;
  readonly private: boolean;
  readonly state: 'open' | 'opening' | 'faulty';
}

export interface Registry {
  /**
   * Adds a project, or replaces the one of the same key: the new one is opened beside the old, swapped in when it works, and the
   * old one closed after its last request. Resolves when the first attempt has ended, whatever its end.
   */
  set(config: ProjectConfig, options?: OpenOptions): Promise<void>;
  /** Notes that a project is configured wrongly. One that is already open goes on with its last good configuration. */
  setFaulty(key: string, isPrivate: boolean): void;
  /** Forgets a project and closes it after its last request. */
  remove(key: string): Promise<void>;
  /**
   * The open project of a key.
   *
   * @throws GatewayError `unauthorized` for an unknown key (directus8-system §1.1), `not_installed` for a faulty configuration,
   *   `database_unavailable` while its database is down; the last also sets off another attempt to open it
   */
  lease(key: string): Promise<Lease>;
  /** The same for a project that is open; undefined for any other. */
  leaseOpen(key: string): Lease | undefined;
  /** How a project is configured that is open, or else about to be. */
  config(key: string): ProjectConfig | undefined;
  /** Calls it with every project that is open, and with each that opens from now on. It never throws. */
  opened(listener: (project: Project) => void): void;
  /** How many requests hold a project now. */
  users(): number;
  /** In the order of their configuration. */
  list(): readonly ProjectState[];
  /** Reads schema and rules of every open project anew. */
  reload(): Promise<void>;
  /** Closes everything. */
  close(): Promise<void>;
}

export interface RegistryOptions {
  readonly log: Log;
  /** Milliseconds between attempts to open a project: the first pause and the longest. */
  readonly backoff?: { readonly first: number; readonly longest: number };
  /** The log of one project; by default the registry's own. */
  readonly logOf?: (key: string) => Log;
  /** Looks at the statements of all projects; without it nobody does. */
  readonly watch?: WatchOfProject | undefined;
  /** Called with every statement that is sent while a project opens. */
  readonly asking?: (() => void) | undefined;
}

/** Attempts to open one configuration until one works or it is given up. */
interface Opening {
  readonly config: ProjectConfig;
  readonly options: OpenOptions;
  attempts: number;
  running: Promise<void> | undefined;
  lastEnd: number;
  timer: NodeJS.Timeout | undefined;
  logged: string;
  cancelled: boolean;
}

interface Slot {
  private: boolean;
  project?: Project;
  opening?: Opening;
}

/** How long a request waits for an attempt that is under way: the very first may take long, later ones rarely help. */
const firstPatience = 5_000;
const laterPatience = 500;

/** An empty registry. */
export function createRegistry(options: RegistryOptions): Registry {
  const { log } = options;
  const backoff = options.backoff ?? { first: 1_000, longest: 30_000 };
  const slots = new Map<string, Slot>();
  const closing = new Set<Promise<void>>();
  const links = createRedisLinks(log);
  const listeners: ((project: Project) => void)[] = [];

  function retire(project: Project): Promise<void> {
    const done = project
      .close()
      .catch((error: unknown) => log.warn({ reason: reason(error) }, `project ${project.key} did not close cleanly`))
      .finally(() => closing.delete(done));
    closing.add(done);
    return done;
  }

  function cancel(slot: Slot): void {
    if (!slot.opening) return;
    slot.opening.cancelled = true;
    clearTimeout(slot.opening.timer);
    delete slot.opening;
  }

  async function attempt(slot: Slot, opening: Opening): Promise<void> {
    clearTimeout(opening.timer);
    const { key } = opening.config;
    try {
      const { redis } = opening.config;
      const link = redis === undefined ? undefined : links.open(redis);
      const { watch, asking } = options;
      const project = await openProject(opening.config, options.logOf?.(key) ?? log, { watch, asking, ...opening.options, redis: link });
      if (opening.cancelled) {
        await retire(project);
        return;
      }
      const old = slot.project;
      slot.project = project;
      delete slot.opening;
      for (const listener of listeners) listener(project);
      if (old) void retire(old);
    } catch (error) {
      if (opening.cancelled) return;
      const why = reason(error);
      if (why !== opening.logged) log.error({ project: key, reason: why }, `project ${key} cannot be opened yet; it is tried again`);
      opening.logged = why;
      const pause = Math.min(backoff.first * 2 ** opening.attempts, backoff.longest);
      opening.timer = setTimeout(() => start(slot, opening), pause);
      opening.timer.unref();
    } finally {
      opening.attempts += 1;
      opening.running = undefined;
      opening.lastEnd = Date.now();
    }
  }

  function start(slot: Slot, opening: Opening): Promise<void> {
    opening.running ??= attempt(slot, opening);
    return opening.running;
  }

  function slotOf(key: string, isPrivate: boolean): Slot {
    const known = slots.get(key);
    const slot: Slot = known ?? { private: isPrivate };
    slot.private = isPrivate;
    if (!known) slots.set(key, slot);
    return slot;
  }

  async function waited(work: Promise<void>, patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const bell = new Promise<void>((done) => {
      timer = setTimeout(done, patience);
    });
    await Promise.race([work, bell]);
    clearTimeout(timer);
  }

  async function remove(key: string): Promise<void> {
    const slot = slots.get(key);
    if (!slot) return;
    slots.delete(key);
    cancel(slot);
    if (slot.project) await retire(slot.project);
  }

  /** Gives a project that is not open yet its chance to become so. */
  async function wake(slot: Slot, opening: Opening): Promise<void> {
    const due = opening.running !== undefined || Date.now() - opening.lastEnd >= backoff.first;
    if (due) await waited(start(slot, opening), opening.attempts === 0 ? firstPatience : laterPatience);
  }

  return {
    async set(config, openOptions = {}) {
      const slot = slotOf(config.key, config.private);
      cancel(slot);
      const opening: Opening = {
        config,
        options: openOptions,
        attempts: 0,
        running: undefined,
        lastEnd: 0,
        timer: undefined,
        logged: '',
        cancelled: false,
      };
      slot.opening = opening;
      await start(slot, opening);
    },

    setFaulty(key, isPrivate) {
      cancel(slotOf(key, isPrivate));
    },

    remove,

    leaseOpen(key) {
      const project = slots.get(key)?.project;
      return project && { project, release: project.use() };
    },

    async lease(key) {
      const slot = slots.get(key);
      if (!slot) throw new GatewayError('unauthorized');
      if (!slot.project && slot.opening) await wake(slot, slot.opening);
      const { project } = slot;
      if (project) return { project, release: project.use() };
      if (slot.opening) throw new GatewayError('database_unavailable');
      throw new GatewayError('not_installed', { message: `The configuration of project ${key} has faults; see the log` });
    },

    config(key) {
      const slot = slots.get(key);
      return slot?.project?.config ?? slot?.opening?.config;
    },

    opened(listener) {
      listeners.push(listener);
      for (const { project } of slots.values()) if (project) listener(project);
    },

    users() {
      let sum = 0;
      for (const { project } of slots.values()) sum += project?.users ?? 0;
      return sum;
    },

    list() {
      return [...slots].map(([key, slot]) => ({
        key,
        private: slot.private,
        state: slot.project ? 'open' : slot.opening ? 'opening' : 'faulty',
      }));
    },

    async reload() {
      for (const { project } of slots.values()) {
        await project
          ?.reload()
          .catch((error: unknown) => log.warn({ reason: reason(error) }, `project ${project.key} could not be read anew`));
      }
    },

    async close() {
      for (const key of [...slots.keys()]) void remove(key);
      await Promise.all(closing);
    },
  };
}
