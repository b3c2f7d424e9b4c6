/** What docs/webhooks.md tells receivers is true. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { usualDelivery, webhookSecret } from '../../src/extensions/delivery-settings.ts';
import { callWebhook } from '../../src/extensions/webhook-request.ts';
import { blocksOf, page, rowsOf } from '../support/pages.ts';
import { startReceiver } from '../support/receiver.ts';

interface Verifier {
  secretOf(secret: string, key: string): string;
  isGenuine(secret: string, headers: object, body: string, now?: number): boolean;
}

t.test('the receiver of the page', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-verify-'));
  const receiver = await startReceiver();
  t.teardown(async () => {
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'verify.mjs');
  await writeFile(file, blocksOf(await page('webhooks')).find(({ info }) => info.endsWith('verify.mjs'))?.body ?? '');
  const { secretOf, isGenuine }: Verifier = await import(pathToFileURL(file).href);

  const secret = webhookSecret('the secret of a project', 'shop');
  t.equal(secretOf('the secret of a project', 'shop'), secret);
  const call = { delivery: 'd1', webhook: 1, event: 'item.create:after', collection: 'plants', payload: '{"name":"Ä"}', createdAt: 0 };
  await callWebhook(call, { method: 'post', url: receiver.url }, { ...usualDelivery, secret, privateAddresses: true });
  const { headers, body } = receiver.received[0] ?? { headers: {}, body: '' };
  t.equal(isGenuine(secret, headers, body), true);
  t.equal(isGenuine(`${secret}x`, headers, body), false, 'another secret');
  t.equal(isGenuine(secret, headers, `${body} `), false, 'another body');
  t.equal(isGenuine(secret, { ...headers, 'x-sallyport-delivery': 'd2' }, body), false, 'another delivery');
  t.equal(isGenuine(secret, headers, body, Date.now() + 600_000), false, 'much later');
  t.equal(isGenuine(secret, {}, body), false, 'no signature');
});

t.test('defaults', async (t) => {
  const told = rowsOf(await page('webhooks'), '| setting | meaning | without it |');
  const configured = rowsOf(await page('configuration'), '| key | value | without it |');
  for (const [name, usual] of Object.entries(usualDelivery)) {
    const key = `\`webhooks.${name}\``;
    const shown = typeof usual === 'boolean' ? `\`${usual}\`` : String(usual);
    t.equal(told.find(([first]) => first === key)?.at(-1), shown, name);
    t.equal(configured.find(([first]) => first === key)?.at(-1), shown, name);
  }
});
