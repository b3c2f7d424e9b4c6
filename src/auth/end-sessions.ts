/** Ends sessions, and with them what goes on under them. */
import type { Project } from '../projects/project.ts';
import { endSessions } from './sessions.ts';

/** All of a user, or the one of that id; connections that stay open learn of it, on every instance. */
export async function endSessionsOf({ connection, schemas, bus }: Project, user: string, id?: string): Promise<void> {
  await endSessions(connection, schemas.current, user, id);
  bus.tell('access');
}
