/** The promises that depend on how connections are used: kept through a pooler on every run. */
import { counts } from '../features/counts.ts';
import { envelope } from '../features/envelope.ts';
import { exportStreams } from '../features/export-streams.ts';
import { graphqlWrites } from '../features/graphql-writes.ts';
import { idempotency } from '../features/idempotency.ts';
import { instances } from '../features/instances.ts';
import { oddTables } from '../features/odd-tables.ts';
import { rememberedCallers } from '../features/remembered-callers.ts';
import { schemaEditingLinks } from '../features/schema-editing-links.ts';
import { values } from '../features/values.ts';
import { writingConcurrency } from '../features/writing-concurrency.ts';
import { writingFaults } from '../features/writing-faults.ts';
import { writingNested } from '../features/writing-nested.ts';
import type { Feature } from './expect.ts';

/** Forms of values, which sessions decide; streams and time limits; transactions, their faults and locks; changes of tables; several at once. */
export const pooledFeatures: readonly Feature[] = [
  envelope,
  values,
  oddTables,
  rememberedCallers,
  counts,
  exportStreams,
  idempotency,
  writingNested,
  writingFaults,
  writingConcurrency,
  schemaEditingLinks,
  graphqlWrites,
  instances,
];
