/** A way to a database server that hangs up where a statement with that word was passed on, before the answer comes back. */
import { connect, createServer } from 'node:net';
import type { Test } from 'tap';

export async function hangingUp(t: Test, host: string, port: number, word: string): Promise<number> {
  const server = createServer((near) => {
    const far = connect(port, host);
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    let last = false;
    far.on('data', (data) => (last ? end() : near.write(data)));
    near.on('data', (data) => {
      last ||= data.includes(word);
      far.write(data);
    });
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
  });
  t.teardown(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
