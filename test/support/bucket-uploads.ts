/**
 * What S3rver leaves out of S3 stands before it: the uploads in parts that it was asked to begin are listed, a page each, and given up.
 * All else is its own, as it came.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3StorageConfig } from '../../src/config/types.ts';
import type { Bucket } from './bucket.ts';

export interface BucketWithUploads {
  readonly config: S3StorageConfig;
  /** Keys of the uploads that were begun and neither finished nor given up. */
  unfinished(): string[];
  close(): Promise<void>;
}

interface Upload {
  readonly id: string;
  readonly key: string;
  readonly begun: Date;
}

function listed(uploads: readonly Upload[], query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const after = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''].join('\n');
  const all = uploads
    .filter(({ key, id }) => key.startsWith(prefix) && `${key}\n${id}` > after)
    .sort((a, b) => (`${a.key}\n${a.id}` < `${b.key}\n${b.id}` ? -1 : 1));
  const [first] = all;
  const next =
    first && all.length > 1 ? `<NextKeyMarker>${first.key}</NextKeyMarker><NextUploadIdMarker>${first.id}</NextUploadIdMarker>` : '';
  const one = first
    ? `<Upload><Key>${first.key}</Key><UploadId>${first.id}</UploadId><Initiated>${first.begun.toISOString()}</Initiated></Upload>`
    : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>files</Bucket>${next}<MaxUploads>1</MaxUploads><IsTruncated>${all.length > 1}</IsTruncated>${one}</ListMultipartUploadsResult>`;
}

export async function bucketWithUploads(bucket: Bucket): Promise<BucketWithUploads> {
  const behind = new URL(bucket.config.endpoint ?? '');
  const uploads = new Map<string, Upload>();
  const pass = (request: IncomingMessage, response: ServerResponse, seen: (answer: IncomingMessage) => void): void => {
    const { method, url, headers } = request;
    const passed = send({ host: behind.hostname, port: behind.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      seen(answer);
      answer.pipe(response);
    });
    passed.once('error', () => response.destroy());
    request.pipe(passed);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://bucket');
    const key = decodeURIComponent(url.pathname).replace(/^\/files\/?/, '');
    const id = url.searchParams.get('uploadId');
    if (request.method === 'GET' && url.searchParams.has('uploads')) {
      response.writeHead(200, { 'content-type': 'application/xml' }).end(listed([...uploads.values()], url.searchParams));
    } else if (request.method === 'DELETE' && id !== null) {
      response.writeHead(uploads.delete(id) ? 204 : 404).end();
    } else {
      pass(request, response, (answer) => {
        if (request.method === 'POST' && id !== null && answer.statusCode === 200) uploads.delete(id);
        if (request.method !== 'POST' || !url.searchParams.has('uploads')) return;
        let xml = '';
        answer.on('data', (chunk) => {
          xml += String(chunk);
        });
        answer.once('end', () => {
          const made = /<UploadId>(\w+)</.exec(xml)?.[1];
          if (made !== undefined) uploads.set(made, { id: made, key, begun: new Date() });
        });
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    config: { ...bucket.config, endpoint: `http://127.0.0.1:${port}` },
    unfinished: () => [...uploads.values()].map(({ key }) => key).sort(),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => void server.close(done));
    },
  };
}
