/** What processes have used: the CPU of PostgreSQL's backends and the memory of a server, both as Linux tells them under /proc. */
import { readFileSync, writeFileSync } from 'node:fs';
import type pg from 'pg';

/** Milliseconds of CPU of backends by process id. */
export type BackendTimes = ReadonlyMap<number, number>;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether the process is a PostgreSQL of this machine: a server elsewhere has process ids of its own. */
const isPostgres = (pid: number): boolean => read(`/proc/${pid}/comm`)?.startsWith('postgres') ?? false;

/** Ticks of /proc/<pid>/stat, where the kernel keeps no finer account. */
function coarse(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * 10;
}

/** User and system time of a process of one thread. */
function timeOf(pid: number): number | undefined {
  const nanoseconds = Number(read(`/proc/${pid}/schedstat`)?.split(' ')[0]);
  return nanoseconds > 0 ? nanoseconds / 1e6 : coarse(pid);
}

/** The CPU of an application's backends so far; undefined where it cannot be known. */
export async function backendTimes(client: pg.Client, application: string): Promise<BackendTimes | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where application_name = $1', [application]);
  const times = new Map<number, number>();
  for (const { pid } of rows) {
    const time = isPostgres(pid) ? timeOf(pid) : undefined;
    if (time === undefined) return undefined;
    times.set(pid, time);
  }
  return times.size === 0 ? undefined : times;
}

/** Milliseconds between two looks; a backend that came in between counts whole. */
export function timesBetween(before: BackendTimes | undefined, after: BackendTimes | undefined): number | undefined {
  if (!before || !after) return undefined;
  let sum = 0;
  for (const [pid, time] of after) sum += time - (before.get(pid) ?? 0);
  return sum;
}

/** A share of what is known. */
export function perRequest(time: number | undefined, requests: number): number | undefined {
  return time === undefined ? undefined : time / requests;
}

const status = (pid: number, name: string): number | undefined => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
};

/** Bytes of memory that a process holds now. */
export const memoryOf = (pid: number): number | undefined => status(pid, 'VmRSS');

/** Begins to watch for the peak; the function returned tells it in bytes, undefined where the system does not. */
export function watchPeak(pid: number): () => number | undefined {
  try {
    // Sets the peak back to what is held now.
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    return () => undefined;
  }
  return () => status(pid, 'VmHWM');
}
