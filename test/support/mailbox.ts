/** A real SMTP server that keeps what it is sent. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { eventually } from './eventually.ts';

export interface Mailbox {
  readonly url: string;
  /** Mails as they came, their lines joined again. */
  readonly mails: { readonly to: readonly string[]; readonly text: string }[];
  /** Waits until there are so many. */
  holds(count: number): Promise<void>;
  close(): Promise<void>;
}

/** `=3D` and broken lines of quoted-printable, as far as tests read them. */
const readable = (raw: string): string =>
  raw.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Opens one on a port of its own. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: Mailbox['mails'] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: readable(Buffer.concat(chunks).toString('utf8')) });
        done();
      });
    },
  });
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    holds: async (count) => void (await eventually(async () => mails.length >= count)),
    close: () => new Promise((done) => void server.close(done)),
  };
}
