/** Loads SQL text of many statements into a database, as its own command-line client would. */
import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { DatabaseConfig } from '../../src/dialect/types.ts';

export function urlOf(config: DatabaseConfig): string {
  if (typeof config.connection !== 'string') throw new Error('This test needs the connection as a URL');
  return config.connection;
}

export function fileOf(config: DatabaseConfig): string {
  if (typeof config.connection === 'string') return config.connection;
  return String(config.connection['filename']);
}

/** Runs all statements of the text. MySQL dumps may change their DELIMITER. */
export async function loadSql(config: DatabaseConfig, text: string): Promise<void> {
  if (config.client === 'better-sqlite3') {
    const database = new Database(fileOf(config));
    try {
      database.exec(text);
    } finally {
      database.close();
    }
  } else if (config.client === 'pg') {
    const client = new pg.Client({ connectionString: urlOf(config) });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  } else await loadMysql(config, text);
}

async function loadMysql(config: DatabaseConfig, text: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: urlOf(config), multipleStatements: true, charset: 'utf8mb4' });
  try {
    // MariaDB writes a mode into its dumps that MySQL itself has no more.
    const mode = 'NO_AUTO_CREATE_USER';
    const known = await connection.query(`set sql_mode = '${mode}'; set sql_mode = default`).catch(() => undefined);
    for (const part of byDelimiter(known ? text : text.replaceAll(`${mode},`, ''))) await connection.query(part);
  } finally {
    await connection.end();
  }
}

/** The parts between DELIMITER lines: with `;` a part is sent whole, with another each of its statements alone. */
function byDelimiter(text: string): string[] {
  const parts: string[] = [];
  let delimiter = ';';
  let lines: string[] = [];
  const flush = (): void => {
    const part = lines.join('\n');
    const statements = delimiter === ';' ? [part] : part.split(delimiter);
    parts.push(...statements.filter((statement) => statement.trim() !== ''));
    lines = [];
  };
  for (const line of text.split('\n')) {
    const changed = /^DELIMITER\s+(\S+)\s*$/i.exec(line)?.[1];
    if (changed === undefined) lines.push(line);
    else {
      flush();
      delimiter = changed;
    }
  }
  flush();
  return parts;
}
