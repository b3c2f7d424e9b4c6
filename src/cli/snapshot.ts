/** `sallyport snapshot <project>` and `sallyport apply <project> <file>`: the configuration of a project as one file. */
import { readFile } from 'node:fs/promises';
import { silentLog } from '../lib/log.ts';
import { planSnapshot } from '../system/snapshot/apply.ts';
import { printLines } from '../system/snapshot/lines.ts';
import { readState, type State } from '../system/snapshot/open.ts';
import { takeSnapshot } from '../system/snapshot/take.ts';
import { parseSnapshot, printSnapshot } from '../system/snapshot/text.ts';
import { vendorOf } from '../vendors/index.ts';
import { findProject } from './projects.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface SnapshotFlags {
  readonly projects: string;
}

export interface ApplyFlags extends SnapshotFlags {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

async function withState(folder: string, key: string, run: (state: State) => Promise<void>): Promise<void> {
  const config = await findProject(folder, key);
  const vendor = vendorOf(config.database.client);
  const connection = await vendor.connect(config.database);
  try {
    await run(await readState(connection, vendor, config));
  } finally {
    await connection.close();
  }
}

/** Prints the file. */
export async function snapshotCommand(terminal: Terminal, key: string, flags: SnapshotFlags): Promise<void> {
  await withState(flags.projects, key, async (state) => terminal.say(printSnapshot(takeSnapshot(state)).trimEnd()));
}

/** Prints the difference, and does what is needed unless it is a dry run. */
export async function applyCommand(terminal: Terminal, key: string, file: string, flags: ApplyFlags): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`);
  });
  const snapshot = parseSnapshot(text);
  await withState(flags.projects, key, async (state) => {
    const plan = planSnapshot(state, snapshot, { log: silentLog, force: flags.force === true });
    for (const line of printLines(plan.lines)) terminal.say(line);
    if (!plan.changes) terminal.say('nothing to do');
    else if (flags.dryRun) terminal.say('a dry run: nothing was changed');
    else {
      await plan.run();
      terminal.say('done');
    }
  });
}
