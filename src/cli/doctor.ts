/** `sallyport doctor <project>`: what of a database is served, and what is not and why. */
import { loadMetadata } from '../projects/metadata.ts';
import { buildSchema } from '../schema/build.ts';
import { vendorOf } from '../vendors/index.ts';
import { makeReport, printReport } from './doctor-report.ts';
import { findProject } from './projects.ts';
import type { Terminal } from './terminal.ts';

export interface DoctorFlags {
  readonly projects: string;
  readonly json?: boolean;
}

/** Reads the catalogue and prints the report, as JSON with `--json`. Changes nothing. */
export async function doctorCommand(terminal: Terminal, key: string, flags: DoctorFlags): Promise<void> {
  const { database } = await findProject(flags.projects, key);
  const vendor = vendorOf(database.client);
  const connection = await vendor.connect(database);
  try {
    const examine = async (progress: (message: string) => void) => {
      const introspection = await vendor.introspect(connection, database.schemas);
      progress(`${introspection.tables.length} tables and views`);
      const metadata = await loadMetadata(connection, connection.dialect, introspection);
      return makeReport(key, introspection, buildSchema(introspection, metadata, 1));
    };
    if (flags.json) {
      terminal.say(JSON.stringify(await examine(() => undefined), null, 2));
      return;
    }
    const report = await terminal.step('Looking at the database', examine, (done) => `Looked at ${done.tables.length} tables and views`);
    for (const line of printReport(report)) terminal.say(line);
  } finally {
    await connection.close();
  }
}
