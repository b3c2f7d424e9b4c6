/** The pool of a PostgreSQL project: knex's, with every session set up alike before its first use. */
import knexFactory, { type Knex } from 'knex';
import type { Client as RawConnection } from 'pg';
import { type Lender, type Lending, lend } from '../../dialect/lend.ts';
import { connectTimeout, poolBounds } from '../../dialect/pool-settings.ts';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { isUsable } from '../../dialect/usable-connection.ts';
import { isForgotten, isLost } from './errors.ts';
import { connectionOptions } from './options.ts';
import { sessionTime } from './time-limit.ts';

export interface Pool extends Lending<RawConnection> {
  readonly knex: Knex;
  /** Connections at most. */
  readonly size: number;
  /**
   * Marks a connection as unusable: the pool throws it away instead of lending it again. One that was lost makes all older ones
   * doubtful, as what ended it, such as a restart, may have ended them without their knowing: they are not lent again either. So does
   * one whose server has forgotten a statement: the others may know that one too.
   */
  spoil(raw: RawConnection, error: unknown): void;
}

/**
 * Texts of times, intervals and bytes must not depend on what a server or role has configured. Compiling a deep read to machine code
 * takes seconds, and running it milliseconds; servers too old for us, which are to be told so, have no such setting.
 */
const sessionSettings = `set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres';
  set bytea_output to 'hex'; set standard_conforming_strings to on; set extra_float_digits to 1; set client_encoding to 'UTF8';
  select set_config(name, 'off', false) from pg_settings where name = 'jit'`;

const silent = { debug() {}, warn() {}, error() {}, deprecate() {} };

/** Makes the pool; nothing connects before the first statement. */
export function openPool(config: DatabaseConfig): Pool {
  const { min, max: size } = poolBounds(config);
  const born = new WeakMap<RawConnection, number>();
  let doubted = 0;
  const isYoung = (raw: RawConnection): boolean => (born.get(raw) ?? 0) >= doubted;
  const time = sessionTime(config);
  const settings = time === undefined ? sessionSettings : `${sessionSettings}; ${time}`;
  const knex = knexFactory({
    client: 'pg',
    connection: connectionOptions(config.connection),
    pool: {
      min,
      max: size,
      createTimeoutMillis: connectTimeout * 2,
      afterCreate(raw: RawConnection, done: (error: Error | null, raw: RawConnection) => void) {
        raw.query(settings, (error: Error | null) => {
          born.set(raw, performance.now());
          // The pool forgets a connection that was refused here, and would leave it open.
          if (error) void raw.end().catch(() => undefined);
          done(error, raw);
        });
      },
      validate: isYoung,
    },
    acquireConnectionTimeout: connectTimeout * 2,
    // Its messages are errors we see anyway, with their causes; they would go to the terminal.
    log: silent,
  });
  const client: Lender<RawConnection> = knex.client;
  return {
    knex,
    size,
    ...lend(client, { size, isSound: (raw) => isYoung(raw) && isUsable(knex, raw) }),
    // knex looks at this mark, which it sets itself when an idle connection reports an error.
    spoil(raw, error) {
      Reflect.set(raw, '__knex__disposed', error ?? true);
      if (isLost(error) || isForgotten(error)) doubted = performance.now();
    },
  };
}
