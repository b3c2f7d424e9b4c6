/** What a hook file exports becomes listeners; names of events are those of Directus 8 (directus8-system §22). */
import type { HookAbout, HookAction, Listener } from '../engine/hooks.ts';
import type { Notice } from '../engine/notices.ts';

const event = /^(?:item|(collection|field))\.(create|read|update|delete)(?:\.(.+?))?(:before|:after)?$/s;

/** Told once something has happened; those of files with or without `:after`. */
const noticed = /^(application\.(?:boot|error)|auth\.(?:request:credentials|success|fail)|response|file\.(?:save|update|delete))(:after)?$/;
const answered = /^response(?:\.(.+))?$/s;

const forms = {
  filters:
    'item.create:before, item.update.<collection>:before, item.read:before, item.read.<collection>:after, collection.create:before, field.update.<collection>:before, response.<collection> and their like',
  actions:
    'item.create:after, item.update.<collection>:after, collection.create:after, field.update.<collection>:after, auth.success, file.save, response and their like',
};

type Kind = keyof typeof forms;
type Run = (...values: readonly unknown[]) => unknown;

const isRun = (value: unknown): value is Run => typeof value === 'function';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where the name is of no such event. */
function noticeListener(hook: string, name: string, run: Run): Listener | undefined {
  const [, action, suffix] = noticed.exec(name) ?? [];
  if (action === undefined || (suffix !== undefined && !action.startsWith('file.'))) return undefined;
  // Of an answer the text of its body stands beside what is told of it.
  const call = (value: unknown, about: HookAbout): unknown =>
    action === 'response' && Array.isArray(value) ? run(...value, about) : run(value, about);
  return { hook, phase: 'after', action: action as Notice, ...(suffix === undefined ? { early: true } : {}), run: call };
}

function answerListener(hook: string, name: string, run: Run): Listener | undefined {
  const [whole, of] = answered.exec(name) ?? [];
  return whole === undefined
    ? undefined
    : { hook, phase: 'before', action: 'response', ...(of === undefined ? {} : { collection: of }), run };
}

/** The listener that an event's name and function make, or the sentence about what is wrong with them. */
function listenerOf(hook: string, kind: Kind, name: string, run: unknown): Listener | string {
  const other = isRun(run) ? (kind === 'filters' ? answerListener : noticeListener)(hook, name, run) : undefined;
  if (other) return other;
  const [, subject, action = '', collection, suffix] = event.exec(name) ?? [];
  const isFilter = kind === 'filters';
  const phase = suffix === ':before' ? 'before' : 'after';
  // A filter after something is one of rows; an action follows a write.
  const wrong = subject !== undefined && (action === 'read' || (subject === 'collection' && collection !== undefined));
  if (action === '' || wrong || (isFilter ? phase === 'after' && action !== 'read' : phase === 'before' || action === 'read')) {
    return `${kind}: "${name}" is no event; there are ${forms[kind]}`;
  }
  if (!isRun(run)) return `${kind}: "${name}" is no function`;
  // Of all collections an action is told which one first, as Directus 8 does it.
  const call = (value: unknown, about: HookAbout): unknown => {
    if (isFilter) return run(value, about);
    const named = [...(collection === undefined ? [about.collection] : []), ...(subject === 'field' ? [about.keys?.[0]] : [])];
    return run(...named, value, about);
  };
  const full = (subject === undefined ? action : `${subject}.${action}`) as HookAction;
  const early = !isFilter && suffix === undefined;
  return { hook, phase, action: full, ...(early ? { early } : {}), ...(collection === undefined ? {} : { collection }), run: call };
}

export interface Definition {
  readonly priority: number;
  readonly listeners: readonly Listener[];
}

/**
 * The listeners of what a hook exports.
 *
 * @throws TypeError with a sentence about the first thing that is wrong
 */
export function readHook(hook: string, exported: unknown): Definition {
  if (!isObject(exported)) throw new TypeError('its default export is no object with filters and actions, and no function that gives one');
  const { priority = 0, filters, actions, ...others } = exported;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`"${unknown}" is not known; a hook has priority, filters and actions`);
  if (typeof priority !== 'number' || !Number.isFinite(priority)) throw new TypeError('priority is no number');
  const listeners: Listener[] = [];
  for (const [kind, given] of [
    ['filters', filters],
    ['actions', actions],
  ] as const) {
    if (given === undefined) continue;
    if (!isObject(given)) throw new TypeError(`${kind} is no object of functions by event`);
    for (const [name, run] of Object.entries(given)) {
      const made = listenerOf(hook, kind, name, run);
      if (typeof made === 'string') throw new TypeError(made);
      listeners.push(made);
    }
  }
  return { priority, listeners };
}
