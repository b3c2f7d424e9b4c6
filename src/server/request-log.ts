/** The log of one request, made when something is written: most requests write nothing, and a child of the log is not free. */
import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';

type MakeChild = NonNullable<FastifyServerOptions['childLoggerFactory']>;

interface Waiting {
  readonly make: () => FastifyBaseLogger;
  made?: FastifyBaseLogger;
}

function madeOf(waiting: Waiting): FastifyBaseLogger {
  waiting.made ??= waiting.make();
  return waiting.made;
}

/** The functions of a log; `bindings` and those behind it are pino's own. */
const functions = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent', 'child', 'bindings', 'setBindings', 'isLevelEnabled'];

function through(name: string): (this: Waiting, ...given: unknown[]) => unknown {
  return function (...given) {
    const log = madeOf(this);
    return Reflect.apply(Reflect.get(log, name), log, given);
  };
}

const prototype = Object.defineProperty(Object.fromEntries(functions.map((name) => [name, through(name)])), 'level', {
  get(this: Waiting): string {
    return madeOf(this).level;
  },
  set(this: Waiting, level: string) {
    madeOf(this).level = level;
  },
});

/** For Fastify's `childLoggerFactory`. */
export const requestLog: MakeChild = (logger, bindings, options) =>
  Object.assign(Object.create(prototype), { make: () => logger.child(bindings, options) });
