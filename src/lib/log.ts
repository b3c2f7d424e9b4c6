/** What the gateway needs of a logger; Fastify's and pino's fit. */
export interface Log {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Says nothing: for commands that report in their own words. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
