/** Sallyport as `sallyport start` starts it with LOG_LEVEL=warn, in a process of its own: `sallyport.js <database URL>`. */
import { createRegistry } from '../../src/projects/registry.ts';
import { buildServer } from '../../src/server/app.ts';
import { createLog } from '../../src/server/log.ts';
import { project } from '../cases.ts';
import { portOf, serveParent } from './child.ts';

const [url = ''] = process.argv.slice(2);
const log = createLog('warn');
const registry = createRegistry({ log, logOf: (key) => log.child({ project: key }) });
await registry.set({
  key: project,
  database: { client: 'pg', connection: url },
  secret: 'a secret that signs nothing here',
  storage: { driver: 'local', root: 'data/bench-files' },
  surfaces: { strapi: true, payload: true },
  private: false,
});
const app = await buildServer({ registry, logger: log });
await app.listen({ host: '127.0.0.1', port: 0 });
serveParent(portOf(app.server.address()), async () => {
  await app.close();
  await registry.close();
});
