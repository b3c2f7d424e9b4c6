/** How long statements may take, in the words of either server: what holds for a session, and for one statement alone. */
import type { Statement } from '../../lib/fragment.ts';
import type { Flavor } from './dialect.ts';

/** The longest that MySQL's hint takes, about fifty days: its 0 is what holds for the session. */
const endless = 4_294_967_295;

/**
 * What is set for a session beside other things, each with a comma before it. Which server it is need not be known: one passes over
 * the comments of the other. What the server is set to stands where it is less. For locks, which are told in whole seconds, the wait is a
 * little shorter, so that waiting is told apart from working. MySQL limits what only reads, MariaDB every statement.
 */
export function sessionTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined || milliseconds <= 0) return '';
  const least = (name: string, limit: number): string => `if(@@${name} > 0 and @@${name} < ${limit}, @@${name}, ${limit})`;
  // A choice between a variable and a literal is a decimal number to MySQL.
  const whole = (name: string, limit: number): string => `session ${name} = cast(${least(name, limit)} as unsigned)`;
  const seconds = milliseconds / 1000;
  const wait = Math.max(1, Math.floor((milliseconds * 0.9) / 1000));
  return `/*!50708 , ${whole('max_execution_time', milliseconds)} */ /*M! , session max_statement_time = ${least('max_statement_time', seconds)} */
    , ${whole('lock_wait_timeout', wait)}, ${whole('innodb_lock_wait_timeout', wait)}`;
}

/** The statement with a limit of its own; 0 is none. On MySQL that holds for statements that begin with SELECT. */
export function within(statement: Statement, milliseconds: number | undefined, flavor: Flavor): Statement {
  if (milliseconds === undefined) return statement;
  if (flavor === 'mariadb') return { ...statement, text: `set statement max_statement_time=${milliseconds / 1000} for ${statement.text}` };
  const hint = `/*+ MAX_EXECUTION_TIME(${milliseconds === 0 ? endless : Math.min(milliseconds, endless)}) */`;
  return { ...statement, text: statement.text.replace(/^\s*select\b/i, (word) => `${word} ${hint}`) };
}
