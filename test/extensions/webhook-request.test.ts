import { createHmac } from 'node:crypto';
import t from 'tap';
import { callWebhook, HopelessCall, signatureOf } from '../../src/extensions/webhook-request.ts';
import { isPrivateAddress } from '../../src/lib/private-addresses.ts';
import { header, startReceiver } from '../support/receiver.ts';

const call = {
  delivery: '00000000-0000-4000-8000-000000000001',
  webhook: 1,
  event: 'item.create:after',
  collection: 'pflanzen ü',
  payload: '{"id":1,"price":12345678901234567890.50}',
  createdAt: 0,
};
const open = { secret: 'the secret of the receiver', timeoutMilliseconds: 10_000, privateAddresses: true };

async function failure(work: Promise<void>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => `${error instanceof HopelessCall ? 'hopeless: ' : ''}${error instanceof Error ? error.message : error}`,
  );
}

t.test('a call', async (t) => {
  const receiver = await startReceiver();
  t.teardown(() => receiver.close());
  await callWebhook(call, { method: 'post', url: `${receiver.url}/hook?key=1` }, open, new Date('2026-01-02T03:04:05.678Z'));
  const [posted] = receiver.received;
  t.match(posted, { method: 'POST', url: '/hook?key=1', body: call.payload });
  t.match(posted?.headers, {
    'content-type': 'application/json',
    'x-sallyport-delivery': call.delivery,
    'x-sallyport-event': 'item.create:after',
    'x-sallyport-collection': 'pflanzen%20%C3%BC',
    'x-sallyport-timestamp': '1767323045',
  });
  const signed = `${call.delivery}.1767323045.${call.payload}`;
  t.equal(header(posted, 'x-sallyport-signature'), `sha256=${createHmac('sha256', open.secret).update(signed).digest('hex')}`);
  await callWebhook(call, { method: 'get', url: receiver.url }, open);
  const got = receiver.received[1];
  t.match(got, { method: 'GET', url: '/', body: '' });
  t.equal(header(got, 'x-sallyport-signature'), signatureOf(open.secret, call.delivery, header(got, 'x-sallyport-timestamp'), ''));
});

t.test('what counts as a failure', async (t) => {
  const receiver = await startReceiver();
  const target = { method: 'post', url: `http://user:hunter2@${receiver.url.slice(7)}/?token=hunter2` } as const;
  for (const status of [500, 404, 302, 304]) {
    receiver.answer((response) => void response.writeHead(status, { location: '/elsewhere' }).end());
    t.equal(await failure(callWebhook(call, target, open)), `the receiver answered ${status}`);
  }
  t.equal(receiver.received.length, 4, 'no redirect is followed');
  receiver.answer((response) => void response.writeHead(200).end('x'.repeat(1_000_000)));
  t.equal(await failure(callWebhook(call, target, open)), 'none', 'however long the answer is');
  receiver.answer(() => undefined);
  t.match(await failure(callWebhook(call, target, { ...open, timeoutMilliseconds: 20 })), /^no answer in time/);
  receiver.answer((response) => void response.destroy());
  t.equal(await failure(callWebhook(call, target, open)), 'no connection (ECONNRESET)');
  await receiver.close();
  t.equal(await failure(callWebhook(call, target, open)), 'no connection (ECONNREFUSED)');
  for (const url of ['', 'nothing', 'file:///etc/passwd', 'ftp://example.com/']) {
    t.match(await failure(callWebhook(call, { method: 'post', url }, open)), /^hopeless: its URL/, url);
  }
});

t.test('private addresses', async (t) => {
  const receiver = await startReceiver();
  t.teardown(() => receiver.close());
  const port = new URL(receiver.url).port;
  const closed = { ...open, privateAddresses: false };
  const hosts = [
    '127.0.0.1',
    'localhost',
    '0x7f.1',
    '2130706433',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '169.254.169.254',
  ];
  for (const host of hosts) {
    const said = await failure(callWebhook(call, { method: 'post', url: `http://${host}:${port}/` }, closed));
    t.equal(said, 'hopeless: the address is private (webhooks.privateAddresses)', host);
  }
  t.equal(receiver.received.length, 0);
  for (const address of [
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '100.64.0.1',
    'fd00::1',
    'fe80::1%eth0',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'x',
  ]) {
    t.ok(isPrivateAddress(address), address);
  }
  for (const address of ['93.184.216.34', '172.32.0.1', '2606:2800:220:1:248:1893:25c8:1946', '::ffff:93.184.216.34']) {
    t.notOk(isPrivateAddress(address), address);
  }
});
