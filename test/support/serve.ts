/** A gateway in a process of its own, which can be killed: its first argument is the database as JSON. Prints its address. */
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { project, startGateway } from './gateway.ts';

const config = JSON.parse(process.argv[2] ?? '') as DatabaseConfig;
const gateway = await startGateway({ [project]: config });
process.stdout.write(`${gateway.url}\n`);
