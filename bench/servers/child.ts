/** What each server process tells the one that started it: its port when it listens, and what it has used so far. */

/** Microseconds of CPU and bytes of memory of a process. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

export type Told = { readonly is: 'listening'; readonly port: number } | { readonly is: 'usage'; readonly usage: Usage };

export type Asked = 'usage' | 'stop';

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, memory: process.memoryUsage.rss() };
}

function tell(message: Told): void {
  process.send?.(message);
}

/** Tells the port, answers questions, and ends when told to or when nobody is left to tell. */
export function serveParent(port: number, close: () => Promise<void>): void {
  const end = (): void => void close().finally(() => process.exit(0));
  process.on('message', (asked: Asked) => (asked === 'usage' ? tell({ is: 'usage', usage: usage() }) : end()));
  process.on('disconnect', end);
  // The one who started us decides when to end, also when a terminal tells the whole group.
  process.on('SIGINT', () => {});
  tell({ is: 'listening', port });
}

/** The port of an address that was listened on. */
export function portOf(address: string | { port: number } | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
  return address.port;
}
