/**
 * Whether the tables of a database were made by Directus 8: its clients were written for texts as the collations of MySQL compare them. The
 * ledger of its migrations tells (directus8-tables §16); versions of our own come later than any of them.
 */ import { isLost } from './errors.ts';

type Ask = (text: string) => Promise<{ readonly rows: readonly (readonly unknown[])[] }>;

const ledgerQuery = "select 1 from information_schema.tables where table_schema = database() and table_name = 'directus_migrations'";
const theirsQuery = 'select 1 from directus_migrations where version < 20260000000000 limit 1';

/** Asks the database. A ledger that may not be read says nothing; throws where the connection is lost. */
export async function isMadeByDirectus(ask: Ask): Promise<boolean> {
  try {
    const { rows } = await ask(ledgerQuery);
    return rows.length > 0 && (await ask(theirsQuery)).rows.length > 0;
  } catch (error) {
    if (isLost(error)) throw error;
    return false;
  }
}
