/**
 * The hand-written server for files: streams one that is there, and makes a thumbnail with bare sharp. It knows no rows, no rights, no
 * conditions and no cache. `files-by-hand.js <database URL> <folder>`.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import Fastify from 'fastify';
import sharp from 'sharp';
import { portOf, serveParent } from './child.ts';

const [, folder = ''] = process.argv.slice(2);
const app = Fastify({ logger: false });

app.get('/warm', async (_request, reply) => {
  const path = join(folder, 'thumbnail.jpg');
  const { size } = await stat(path);
  return reply.type('image/jpeg').header('content-length', size).send(createReadStream(path));
});

app.get('/cold', async (_request, reply) => {
  const image = sharp(join(folder, 'photo.jpg')).resize(300, 300, { fit: 'cover' }).jpeg({ quality: 80 });
  return reply.type('image/jpeg').send(await image.toBuffer());
});

await app.listen({ host: '127.0.0.1', port: 0 });
serveParent(portOf(app.server.address()), () => app.close());
