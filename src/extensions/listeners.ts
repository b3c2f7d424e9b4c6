/** What a hook file exports becomes listeners; names of events are those of Directus 8 (directus8-system §22). */
import type { HookAbout, HookAction, Listener } from '../engine/hooks.ts';

const event = /^(?:item|(collection|field))\.(create|read|update|delete)(?:\.(.+?))?(:before|:after)?$/s;

const forms = {
  filters:
    'item.create:before, item.update.<collection>:before, item.read:before, item.read.<collection>:after, collection.create:before, field.update.<collection>:before and their like',
  actions: 'item.create:after, item.update.<collection>:after, collection.create:after, field.update.<collection>:after and their like',
};

type Kind = keyof typeof forms;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The listener that an event's name and function make, or the sentence about what is wrong with them. */
function listenerOf(hook: string, kind: Kind, name: string, run: unknown): Listener | string {
  const [, subject, action = '', collection, suffix] = event.exec(name) ?? [];
  const isFilter = kind === 'filters';
  const phase = suffix === ':before' ? 'before' : 'after';
  // A filter after something is one of rows; an action follows a write.
  const wrong = subject !== undefined && (action === 'read' || (subject === 'collection' && collection !== undefined));
  if (action === '' || wrong || (isFilter ? phase === 'after' && action !== 'read' : phase === 'before' || action === 'read')) {
    return `${kind}: "${name}" is no event; there are ${forms[kind]}`;
  }
  if (typeof run !== 'function') return `${kind}: "${name}" is no function`;
  // Of all collections an action is told which one first, as Directus 8 does it.
  const call = (value: unknown, about: HookAbout): unknown => {
    if (isFilter) return run(value, about);
    const named = [...(collection === undefined ? [about.collection] : []), ...(subject === 'field' ? [about.keys?.[0]] : [])];
    return run(...named, value, about);
  };
  const full = (subject === undefined ? action : `${subject}.${action}`) as HookAction;
  return { hook, phase, action: full, ...(collection === undefined ? {} : { collection }), run: call };
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
