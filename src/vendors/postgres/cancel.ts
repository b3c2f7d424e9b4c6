/** Ends the statement that a connection is busy with, by the server's own way: a second connection that says no more than that. */
import pg, { type Client as RawConnection } from 'pg';

/** What the driver's own client uses of its connection, and its types leave out. */
interface Wire {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(process: number, key: number): void;
  on(event: 'connect' | 'sslconnect' | 'error' | 'end', listener: () => void): void;
}

interface Busy {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean | object;
  readonly processID: number | null;
  readonly secretKey: number | null;
}

/**
 * Asks the server to cancel; resolves when it has been told, or cannot be. Where the request comes late, it may hit what is sent next
 * on the connection: that one is not to be used any more.
 */
export function cancel(raw: RawConnection): Promise<void> {
  const { host, port, ssl, processID, secretKey } = raw as RawConnection & Busy;
  if (processID === null || secretKey === null) return Promise.resolve();
  return new Promise((resolve) => {
    const wire = new pg.Connection({ ssl } as pg.ConnectionConfig) as pg.Connection & Wire;
    wire.on('error', () => resolve());
    // The server answers by hanging up.
    wire.on('end', () => resolve());
    wire.on('connect', () => (ssl ? wire.requestSsl() : wire.cancel(processID, secretKey)));
    wire.on('sslconnect', () => wire.cancel(processID, secretKey));
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`);
    else wire.connect(port, host);
  });
}
