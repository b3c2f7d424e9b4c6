/**
 * What a server must be able to do, found out by having it do so: servers of other makes speak the same protocol and name versions that say
 * little, and proxies name versions of their own.
 */
import { GatewayError } from '../lib/errors.ts';

interface Capability {
  /** What is lacking where it fails, as it stands in a sentence. */
  readonly what: string;
  /** An expression that a server without it refuses. It finds nothing out and changes nothing. */
  readonly sql: string;
}

/** Where servers of their makers can do all of it. */
export interface Wanted {
  readonly capabilities: readonly Capability[];
  /** `PostgreSQL 12 or later`. */
  readonly from: string;
}

/**
 * Has all of it done in one statement; only where that fails one after the other, to say what is lacking.
 *
 * @throws GatewayError database_unavailable with a sentence for people, and whatever `isLost` says is no refusal
 */
export async function demandCapabilities(
  server: string,
  { capabilities, from }: Wanted,
  ask: (text: string) => Promise<unknown>,
  isLost: (error: unknown) => boolean,
): Promise<void> {
  const select = (some: readonly Capability[]): Promise<unknown> => ask(`select ${some.map(({ sql }) => sql).join(', ')}`);
  const refusal = await select(capabilities).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (!refusal) return;
  if (isLost(refusal.error)) throw refusal.error;
  const lacking: string[] = [];
  for (const one of capabilities) {
    await select([one]).catch((error: unknown) => {
      if (isLost(error)) throw error;
      lacking.push(one.what);
    });
  }
  if (lacking.length === 0) throw refusal.error;
  const message = `${server} cannot be served: it lacks ${lacking.join(', ')}, which ${from} has`;
  throw new GatewayError('database_unavailable', { message }, refusal.error);
}
