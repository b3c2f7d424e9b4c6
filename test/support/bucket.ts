/** A real server that speaks S3, with one bucket. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import type { S3StorageConfig } from '../../src/config/types.ts';

export interface Bucket {
  readonly config: S3StorageConfig;
  /** Method and address of each request. */
  readonly requests: string[];
  /** As long as it is set, everything is answered with this status. */
  broken: number | undefined;
  close(): Promise<void>;
}

/** Opens one on a port of its own. */
export async function openBucket(): Promise<Bucket> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-test-bucket-'));
  const s3 = new S3rver({ directory, silent: true, configureBuckets: [{ name: 'files', configs: [] }] });
  await s3.configureBuckets();
  const answer = s3.callback();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (bucket.broken === undefined) answer(request, response);
    else response.writeHead(bucket.broken).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const bucket: Bucket = {
    config: {
      driver: 's3',
      bucket: 'files',
      endpoint: `http://127.0.0.1:${port}`,
      prefix: 'shop/prod',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
    },
    requests,
    broken: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => void server.close(done));
      await rm(directory, { recursive: true, force: true });
    },
  };
  return bucket;
}
