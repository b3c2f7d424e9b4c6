/** `sallyport doctor <project>`: what of a database is served, and what is not and why. */
import type { Connection, IntrospectedTable } from '../dialect/types.ts';
import { outboxOf } from '../engine/outbox.ts';
import { loadExtensions, noExtensions } from '../extensions/load.ts';
import { name, print, sql, trusted } from '../lib/fragment.ts';
import { silentLog } from '../lib/log.ts';
import { loadMetadata } from '../projects/metadata.ts';
import { holdsOutbox, isInstalled } from '../projects/schema-store.ts';
import { buildSchema } from '../schema/build.ts';
import { vendorOf } from '../vendors/index.ts';
import { examineReplicas } from './doctor-replicas.ts';
import { type Counted, makeReport, printReport } from './doctor-report.ts';
import { findProject } from './projects.ts';
import type { Terminal } from './terminal.ts';

export interface DoctorFlags {
  readonly projects: string;
  readonly json?: boolean;
}

/** Counting ends here: a report should not take minutes. */
const countAtMost = 1_000_000;

/** Counts the rows of a table that the planner has no estimate of: SQLite keeps none, and others not before the first ANALYZE. */
async function count(connection: Connection, table: IntrospectedTable): Promise<Counted> {
  const place = table.schema === null ? name(table.name) : name(table.schema, table.name);
  const counting = sql`select count(*) from (select 1 from ${place} limit ${trusted(String(countAtMost))}) as counted`;
  const rows = Number((await connection.texts(print(counting, connection.dialect)))[0]?.[0] ?? 0);
  return { rows, atLeast: rows >= countAtMost };
}

/** Reads the catalogue and prints the report, as JSON with `--json`. Changes nothing. */
export async function doctorCommand(terminal: Terminal, key: string, flags: DoctorFlags): Promise<void> {
  const { database, extensions: folder } = await findProject(flags.projects, key);
  const vendor = vendorOf(database.client);
  const connection = await vendor.connect(database);
  try {
    const examine = async (progress: (message: string) => void) => {
      const introspection = await vendor.introspect(connection, database.schemas);
      const uncounted = introspection.tables.filter((table) => table.kind === 'table' && table.rowEstimate === null);
      const counts = new Map<IntrospectedTable, Counted>();
      for (const table of uncounted) {
        progress(`counting rows, ${counts.size} of ${uncounted.length} tables`);
        counts.set(table, await count(connection, table));
      }
      const metadata = await loadMetadata(connection, connection.dialect, introspection);
      const schema = buildSchema(introspection, metadata, 1);
      const extensions = folder === undefined ? noExtensions : await loadExtensions({ folder, project: key, log: silentLog });
      const calls = holdsOutbox(introspection) ? await outboxOf(connection, connection.dialect).unsettled() : undefined;
      if (database.replicas) progress('looking at the replicas');
      const replicas = await examineReplicas(database, vendor, connection);
      return makeReport({
        project: key,
        introspection,
        native: connection.dialect.native,
        schema,
        installed: isInstalled(introspection),
        counts,
        extensions,
        calls,
        replicas,
      });
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
