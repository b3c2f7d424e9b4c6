/** From nothing to the first answer on a database of many tables, and what a request costs there and on a database of one table. */
import { type Case, project } from './cases.ts';
import { startCli } from './cli.ts';
import { databases } from './data/databases.ts';
import { answerOf } from './equal.ts';
import { type Bench, contestants, measure } from './measure.ts';
import { startServer } from './processes.ts';
import { type Figures, median } from './statistics.ts';

/** Milliseconds from the start of the process to its first answer with a row in it. */
export const wantedBoot = 1_000;
/** A request may cost this many times what it costs on a database of one table: measurements differ by that much. */
export const wantedTableCost = 1.1;

const row = `/${project}/items/table_1/17`;

async function bootOnce(): Promise<number> {
  const started = await startCli(databases.many, row);
  await started.stop();
  return started.milliseconds;
}

/** The median of some starts, in milliseconds. */
export async function measureBoot(starts: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < starts; i++) times.push(await bootOnce());
  return median(times);
}

const rowOfTable: Case = {
  name: 'tables',
  title: 'one row by key of one table',
  paths(i) {
    const asked = `/${project}/items/table_1/${1 + ((i * 7_919) % 10_000)}`;
    return { asked, handwritten: asked };
  },
};

export interface TableCost {
  readonly many: Figures;
  readonly few: Figures;
}

/** The same request on both databases, by a server each, in turn. */
export async function measureTableCost(bench: Bench): Promise<TableCost> {
  const many = await startServer('sallyport', { database: databases.many, label: 'many tables' });
  const few = await startServer('sallyport', { database: databases.few, label: 'few tables' });
  try {
    for (const server of [many, few]) await answerOf(server, row);
    const [first, second] = await measure(bench, contestants(rowOfTable, [many, few]));
    if (!first || !second) throw new Error('There are two servers');
    return { many: first, few: second };
  } finally {
    await Promise.all([many.stop(), few.stop()]);
  }
}
