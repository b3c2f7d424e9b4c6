/** An export of the hand-written servers: rows through a cursor, one JSON text a line, as fast as the caller takes them. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import Cursor from 'pg-cursor';
import { type Cells, type Database, undecoded } from './database.ts';

const rowsAtOnce = 500;

/** While one block is written and sent, the database already makes the next. */
async function* lines(database: Database, text: string, write: (cells: Cells) => string): AsyncGenerator<string> {
  const client = await database.connect();
  const cursor = client.query(new Cursor<Cells>(text, [], { rowMode: 'array', types: undecoded }));
  let next = cursor.read(rowsAtOnce);
  try {
    for (let rows = await next; rows.length > 0; rows = await next) {
      next = cursor.read(rowsAtOnce);
      let block = '';
      for (const cells of rows) block += `${write(cells)}\n`;
      yield block;
    }
  } finally {
    // Whoever asked may have gone in the middle.
    await next.catch(() => undefined);
    await cursor.close();
    client.release();
  }
}

/** Streams all rows of the statement. */
export function sendLines(reply: FastifyReply, database: Database, text: string, write: (cells: Cells) => string): FastifyReply {
  return reply.type('application/x-ndjson').send(Readable.from(lines(database, text, write), { objectMode: false, highWaterMark: 65_536 }));
}
