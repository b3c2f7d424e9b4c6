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
import { drain, usualDrainSeconds } from '../server/operations/drain.ts';
import { createLifecycle, type Lifecycle } from '../server/operations/lifecycle.ts';
import { type OperationsSettings, operationsOf } from '../server/operations/settings.ts';
import { createTelemetry } from '../server/operations/telemetry.ts';
import { demoSummary, hasDemo, makeDemo, tellDemo } from './demo.ts';
import { awaitLull } from './lull.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface StartFlags {
  readonly host: string;
  readonly port: number;
  readonly projects: string;
}

/** A start waits this long for projects to open before it listens; slower ones answer 503 until they are open. */
const openPatience = 3_000;
/** Milliseconds in which a database is expected to be connected to, and in which it has answered a question that is none to speak of. */
const connectPatience = 1_000;
const answerPatience = 10;

/** The project and the settings of the environment; every fault of both at once. */
function environmentOrFail(): { readonly project: EnvironmentProject | undefined; readonly settings: OperationsSettings } {
  const project = environmentProject(process.env);
  const settings = operationsOf(process.env);
  const faults = [...(project && 'faults' in project ? project.faults : []), ...('faults' in settings ? settings.faults : [])];
  if (faults.length > 0 || (project && 'faults' in project) || 'faults' in settings) throw new CommandError(faults.join('\n'));
  return { project, settings };
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

/** The metrics come first: who meets the API meets them too. */
async function listenAll(app: Server, own: Server | undefined, { metrics }: OperationsSettings, flags: StartFlags): Promise<string> {
  if (own && metrics?.port !== undefined) await listen(own, { host: metrics.host, port: metrics.port }, 'METRICS_PORT');
  return listen(app, flags, '--port');
}

async function listen(app: Server, { host, port }: Pick<StartFlags, 'host' | 'port'>, setting: string): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new CommandError(`port ${port} of ${host} is taken; choose another with ${setting}`);
    if (code === 'EACCES') throw new CommandError(`port ${port} may not be used by this user; choose one above 1023 with ${setting}`);
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

interface Running {
  readonly app: Server;
  /** The server of the metrics, where they have a port of their own. */
  readonly own: Pick<Server, 'close'> | undefined;
  readonly registry: Registry;
  readonly folder: ProjectFolder;
  readonly lifecycle: Lifecycle;
}

function closeGracefully({ app, own, registry, folder, lifecycle }: Running, settings: OperationsSettings, log: Log): void {
  const { drainSeconds, closeSeconds } = settings;
  closeWithGrace(
    {
      delay: ((drainSeconds ?? usualDrainSeconds) + closeSeconds) * 1000,
      skip: ['SIGHUP'],
      logger: { error: (message) => log.error({}, String(message)) },
    },
    async ({ signal, err }) => {
      if (err) log.error({ error: describeForLog(err) }, 'closing after an unexpected error');
      else log.info({ signal }, 'closing');
      folder.close();
      // Whoever stops it by hand, and what follows an error, is not waited for.
      await drain(app, lifecycle, { seconds: signal === 'SIGTERM' ? drainSeconds : 0, log });
      await registry.close();
      await own?.close();
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
  const { project: fromEnvironment, settings } = environmentOrFail();
  const token = superAdminToken(process.env['SUPER_ADMIN_TOKEN']);
  const log = createLog(logLevel(process.env['LOG_LEVEL'], process.stderr.isTTY ? 'warn' : 'info'));
  for (const warning of fromEnvironment?.warnings ?? []) log.warn({}, warning);

  const configured = (await loadProjects(flags.projects, process.env)).length > 0;
  const fresh = !configured && !fromEnvironment ? await makeDemo(terminal, flags.projects) : undefined;

  const telemetry = await createTelemetry(settings);
  const lull = awaitLull(connectPatience, answerPatience);
  const registry = createRegistry({ log, logOf: (key) => log.child({ project: key }), watch: telemetry.watch, asking: lull.heard });
  const taken = new Set(fromEnvironment ? [fromEnvironment.config.key] : []);
  const folder = watchProjects({ folder: flags.projects, environment: process.env, registry, log, taken });
  const opened = Promise.all([folder.sync(), fromEnvironment && serveEnvironmentProject(registry, fromEnvironment, log)]);
  opened.catch((error: unknown) => log.error({ error: describeForLog(error) }, 'a project could not be set up'));
  // While the databases work there is time to load the server, and to make it; what they are asked before that they answer at once.
  await Promise.race([opened, lull.come]);
  const [{ buildServer }, { metricsServer }] = await Promise.all([
    import('../server/app.ts'),
    import('../server/operations/metrics-routes.ts'),
  ]);
  const patience = new Promise((done) => setTimeout(done, openPatience).unref());
  const administration = {
    superAdminToken: token,
    projectsFolder: flags.projects,
    dataFolder: process.env['DATA_FOLDER'] ?? 'data',
    changed: () => folder.sync(),
  };
  const lifecycle = createLifecycle();
  const app = await buildServer({
    registry,
    logger: log,
    trustProxy: settings.trustProxy,
    administration,
    operations: settings,
    telemetry,
    lifecycle,
  });
  await app.ready();
  await Promise.race([opened, patience]);
  const own = telemetry.metrics && settings.metrics && metricsServer(telemetry.metrics, settings.metrics);
  const base = await listenAll(app, own, settings, flags).catch(async (error: unknown) => {
    // Open databases would keep the process alive.
    folder.close();
    await Promise.all([registry.close(), own?.close()]);
    throw error;
  });
  closeGracefully({ app, own, registry, folder, lifecycle }, settings, log);

  tellProjects(terminal, registry, base);
  const summary = fresh ?? (hasDemo(flags.projects) ? await demoSummary(flags.projects) : undefined);
  if (summary) for (const line of ['', ...tellDemo(summary, base, fresh === undefined)]) terminal.say(line);
}

/** The token that manages projects, where there is one. */
function superAdminToken(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length >= shortestSuperAdminToken) return text;
  throw new CommandError(`SUPER_ADMIN_TOKEN must have at least ${shortestSuperAdminToken} characters`);
}
