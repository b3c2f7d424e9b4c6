/** `sallyport start`: serves all projects until it is told to stop. */
import { mkdir } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { dirname } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { type EnvironmentProject, environmentProject, shortestSuperAdminToken } from '../config/environment.ts';
import { loadProjects } from '../config/load.ts';
import type { Log } from '../lib/log.ts';
import { describeForLog } from '../lib/redact.ts';
import { createRegistry, type Registry } from '../projects/registry.ts';
import { type ProjectFolder, watchProjects } from '../projects/watch.ts';
import type { Server } from '../server/app.ts';
import { createLog, logLevel } from '../server/log.ts';
import { demoSummary, hasDemo, makeDemo, tellDemo } from './demo.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface StartFlags {
  readonly host: string;
  readonly port: number;
  readonly projects: string;
}

/** A start waits this long for projects to open before it listens; slower ones answer 503 until they are open. */
const openPatience = 3_000;

function environmentOrFail(): EnvironmentProject | undefined {
  const made = environmentProject(process.env);
  if (made && 'faults' in made) throw new CommandError(made.faults.join('\n'));
  return made;
}

async function serveEnvironmentProject(registry: Registry, { config, administrator }: EnvironmentProject, log: Log): Promise<void> {
  const { connection } = config.database;
  if (typeof connection === 'object' && typeof connection['filename'] === 'string') {
    await mkdir(dirname(connection['filename']), { recursive: true });
  }
  await registry.set(config, {
    prepare: administrator
      ? async (open) => {
          const { install } = await import('../system/install.ts');
          const { created } = await install(open, administrator);
          if (created.length > 0) log.info({ tables: created.length }, `installed the system tables of project ${config.key}`);
        }
      : undefined,
  });
}

async function listen(app: Server, { host, port }: StartFlags): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new CommandError(`port ${port} of ${host} is taken; choose another with --port`);
    if (code === 'EACCES') throw new CommandError(`port ${port} may not be used by this user; choose one above 1023 with --port`);
    if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') throw new CommandError(`${host} is no address of this machine`);
    throw error;
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${isIPv6(shown) ? `[${shown}]` : shown}:${bound}`;
}

function tellProjects(terminal: Terminal, registry: Registry, base: string): void {
  terminal.say(`Sallyport listens on ${base}`);
  const words = { open: '', opening: '  (not open yet, see the log)', faulty: '  (its configuration has faults, see the log)' };
  for (const { key, state } of registry.list()) terminal.say(`  ${base}/${key}/${words[state]}`);
}

function closeGracefully(app: Server, registry: Registry, folder: ProjectFolder, log: Log): void {
  closeWithGrace(
    { delay: 30_000, skip: ['SIGHUP'], logger: { error: (message) => log.error({}, String(message)) } },
    async ({ signal, err }) => {
      if (err) log.error({ error: describeForLog(err) }, 'closing after an unexpected error');
      else log.info({ signal }, 'closing');
      folder.close();
      await app.close();
      await registry.close();
    },
  );
  process.on('SIGHUP', () => {
    log.info({}, 'reading all projects anew');
    void folder
      .sync()
      .then(() => registry.reload())
      .catch((error: unknown) => log.error({ error: describeForLog(error) }, 'reading anew failed'));
  });
}

/** Serves. Without any project it makes the demo first. Resolves when the server listens. */
export async function startCommand(terminal: Terminal, flags: StartFlags): Promise<void> {
  const fromEnvironment = environmentOrFail();
  const token = superAdminToken(process.env['SUPER_ADMIN_TOKEN']);
  const log = createLog(logLevel(process.env['LOG_LEVEL'], process.stderr.isTTY ? 'warn' : 'info'));
  for (const warning of fromEnvironment?.warnings ?? []) log.warn({}, warning);

  const configured = (await loadProjects(flags.projects, process.env)).length > 0;
  const fresh = !configured && !fromEnvironment ? await makeDemo(terminal, flags.projects) : undefined;

  const registry = createRegistry({ log, logOf: (key) => log.child({ project: key }) });
  const taken = new Set(fromEnvironment ? [fromEnvironment.config.key] : []);
  const folder = watchProjects({ folder: flags.projects, environment: process.env, registry, log, taken });
  const opened = Promise.all([folder.sync(), fromEnvironment && serveEnvironmentProject(registry, fromEnvironment, log)]);
  opened.catch((error: unknown) => log.error({ error: describeForLog(error) }, 'a project could not be set up'));
  // While the databases answer there is time to load the server.
  const { buildServer } = await import('../server/app.ts');
  await Promise.race([opened, new Promise((done) => setTimeout(done, openPatience).unref())]);

  const trustProxy = process.env['TRUST_PROXY'];
  const administration = {
    superAdminToken: token,
    projectsFolder: flags.projects,
    dataFolder: process.env['DATA_FOLDER'] ?? 'data',
    changed: () => folder.sync(),
  };
  const trusted = trustProxy === undefined ? undefined : trustedProxies(trustProxy);
  const app = await buildServer({ registry, logger: log, trustProxy: trusted, administration });
  const base = await listen(app, flags).catch(async (error: unknown) => {
    // Open databases would keep the process alive.
    folder.close();
    await registry.close();
    throw error;
  });
  closeGracefully(app, registry, folder, log);

  tellProjects(terminal, registry, base);
  const summary = fresh ?? (hasDemo(flags.projects) ? await demoSummary(flags.projects) : undefined);
  if (summary) for (const line of ['', ...tellDemo(summary, base, fresh === undefined)]) terminal.say(line);
}

/** `true`, or the addresses and networks of proxies, separated by commas. */
function trustedProxies(text: string): boolean | string[] {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.split(',').map((address) => address.trim());
}

/** The token that manages projects, where there is one. */
function superAdminToken(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length >= shortestSuperAdminToken) return text;
  throw new CommandError(`SUPER_ADMIN_TOKEN must have at least ${shortestSuperAdminToken} characters`);
}
