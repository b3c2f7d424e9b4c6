/** Remembers which paths have routes, to tell a wrong method (405) from an unknown route (404). */
import type { FastifyInstance } from 'fastify';

type Steps = readonly string[];

const stepsOf = (path: string): Steps => path.split('/').filter((step) => step !== '');

function fits(pattern: Steps, path: Steps): boolean {
  for (const [i, step] of pattern.entries()) {
    if (step === '*') return true;
    const given = path[i];
    if (given === undefined || (!step.startsWith(':') && step !== given)) return false;
  }
  return pattern.length === path.length;
}

/**
 * Collects the routes registered after this call.
 *
 * @returns the methods that a path (without query) answers to
 */
export function collectRoutes(app: FastifyInstance): (path: string) => string[] {
  const known: { steps: Steps; methods: string[] }[] = [];
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat().filter((method) => method !== 'OPTIONS');
    if (methods.length > 0) known.push({ steps: stepsOf(route.url), methods });
  });
  return (path) => {
    const steps = stepsOf(path);
    return [...new Set(known.filter((route) => fits(route.steps, steps)).flatMap((route) => route.methods))];
  };
}
