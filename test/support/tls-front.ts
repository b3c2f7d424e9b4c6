/** TLS in front of a PostgreSQL server that has none: what a client sends through it is encrypted, and asked for as the protocol has it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';

export interface TlsFront {
  readonly port: number;
  /** What asked for TLS so far, cancel requests among them. */
  readonly encrypted: number;
  /** What did not, and was sent away. */
  readonly plain: number;
  close(): Promise<void>;
}

/** A certificate of its own for 127.0.0.1; undefined where there is no openssl to make it. */
function certificate(): { readonly key: Buffer; readonly cert: Buffer } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  try {
    execFileSync('openssl', ['req', '-x509', ...how, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The message by which a client asks for TLS: eight bytes. */
const asksForTls = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export async function openTlsFront(host: string, port: number): Promise<TlsFront | undefined> {
  const made = certificate();
  if (!made) return undefined;
  const secureContext = createSecureContext(made);
  const sockets = new Set<Socket>();
  const counts = { encrypted: 0, plain: 0 };
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => undefined);
    near.on('close', () => sockets.delete(near));
    near.once('data', (first) => {
      if (!asksForTls.equals(first)) {
        counts.plain += 1;
        near.destroy();
        return;
      }
      counts.encrypted += 1;
      near.write('S');
      const inside = new TLSSocket(near, { isServer: true, secureContext });
      const far = connect(port, host);
      inside.pipe(far).pipe(inside);
      inside.on('error', () => far.destroy());
      far.on('error', () => inside.destroy());
      inside.on('close', () => far.destroy());
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get encrypted() {
      return counts.encrypted;
    },
    get plain() {
      return counts.plain;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => void server.close(() => done()));
    },
  };
}
