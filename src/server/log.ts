/** The process log: one JSON object a line, secrets taken out. */
import { pino } from 'pino';
import { describeForLog } from '../lib/redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** A level by its name; the fallback for anything else. */
export function logLevel(name: string | undefined, fallback: LogLevel): LogLevel {
  return levels.find((level) => level === name) ?? fallback;
}

/** Keys whose values are never written, at the depths at which we log objects. */
const secretKeys = ['password', 'secret', 'token', 'access_token', 'authorization', 'cookie', 'connection', '"set-cookie"', '"2fa_secret"'];

/** Writes to standard error, so that standard output stays for people. */
export function createLog(level: LogLevel, destination: { write(line: string): void } = process.stderr) {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeForLog },
      redact: {
        paths: secretKeys.flatMap((key) => (key.startsWith('"') ? [`[${key}]`, `*[${key}]`] : [key, `*.${key}`, `*.*.${key}`])),
        censor: '***',
      },
    },
    destination,
  );
}
