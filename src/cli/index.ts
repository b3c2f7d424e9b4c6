#!/usr/bin/env node
/** The command line. Each command is a file beside this one; only the one that is called gets loaded. */
import { Command, InvalidArgumentError } from 'commander';
import { GatewayError } from '../lib/errors.ts';
import { ownVersion } from '../lib/package.ts';
import { reason } from '../lib/redact.ts';
import type { DemoFlags } from './demo.ts';
import type { DoctorFlags } from './doctor.ts';
import type { InitFlags } from './init.ts';
import type { InstallFlags } from './install.ts';
import type { ApplyFlags, SnapshotFlags } from './snapshot.ts';
import type { StartFlags } from './start.ts';
import type { SweepFlags } from './sweep.ts';
import { CommandError, openTerminal } from './terminal.ts';

// Whoever reads the output may stop reading (`doctor | head`): the work goes on, and nobody wants to hear of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
}

function hours(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Hours are a whole number.');
  return Number(text);
}

const terminal = openTerminal();
const program = new Command('sallyport')
  .description('A complete, permissioned, audited API in front of a SQL database that already exists.')
  .version(ownVersion())
  .showHelpAfterError('(--help says more)');

/** A command with the flag that all have. */
function command(usage: string, description: string): Command {
  return program.command(usage).description(description).option('--projects <dir>', 'folder of project files', 'projects');
}

command('start', 'serve all projects; without any, make and serve the demo')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on; 0 takes a free one', port, 8055)
  .action(async (flags: StartFlags) => (await import('./start.ts')).startCommand(terminal, flags));

command('install <project>', 'create or upgrade the system tables and the first administrator')
  .option('--email <address>', 'e-mail address of the administrator')
  .option('--password <text>', 'password of the administrator')
  .option('--token <text>', 'static token of the administrator')
  .action(async (project: string, flags: InstallFlags) => (await import('./install.ts')).installCommand(terminal, project, flags));

command('init <database-url>', 'test a database, say what is in it and write its project file')
  .option('--project <key>', "the project's key in URLs; by default made of the database's name")
  .option('--schemas <names>', 'PostgreSQL schemas to serve, separated by commas, the default one first')
  .option('--force', 'overwrite the file when it is there')
  .action(async (url: string, flags: InitFlags) => (await import('./init.ts')).initCommand(terminal, url, flags));

command('doctor <project>', 'list what is fully or partly served, and why')
  .option('--json', 'print the report as JSON')
  .action(async (project: string, flags: DoctorFlags) => (await import('./doctor.ts')).doctorCommand(terminal, project, flags));

command('sweep <project>', 'list files without a row and rows without a file')
  .option('--remove', 'take away the files without a row')
  .option('--hours <number>', 'leave alone what is younger; an upload may be under way', hours, 24)
  .action(async (project: string, flags: SweepFlags) => (await import('./sweep.ts')).sweepCommand(terminal, project, flags));
command(
  'snapshot <project>',
  'print roles, permissions, collections, fields, relations, presets, settings and webhooks as one file',
).action(async (project: string, flags: SnapshotFlags) => (await import('./snapshot.ts')).snapshotCommand(terminal, project, flags));

command('apply <project> <file>', 'make a project what such a file says, and print the difference')
  .option('--dry-run', 'print the difference and change nothing')
  .option('--force', 'let values be lost where columns change')
  .action(async (project: string, file: string, flags: ApplyFlags) =>
    (await import('./snapshot.ts')).applyCommand(terminal, project, file, flags),
  );

command('demo', 'make the embedded demo project').action(async (flags: DemoFlags) =>
  (await import('./demo.ts')).demoCommand(terminal, flags),
);

try {
  await program.parseAsync();
} catch (error) {
  const expected = error instanceof CommandError || (error instanceof GatewayError && error.kind !== 'internal');
  process.stderr.write(`sallyport: ${expected ? reason(error) : unexpected(error)}\n`);
  process.exitCode = 1;
}

/** A fault of ours: where it happened is worth more than a nice sentence. */
function unexpected(error: unknown): string {
  const stack = error instanceof Error && process.env['LOG_LEVEL'] === 'debug' ? `\n${error.stack ?? ''}` : '';
  return `${reason(error)}${stack}`;
}
