import t from 'tap';
import { activeWebhooks, webhookDeliveries } from '../../src/engine/outbox.ts';

const row = (id: number, more: object) => ({
  id,
  status: 'active',
  http_action: 'post',
  url: 'https://example.com/',
  collection: 'plants',
  directus_action: 'item.create:after',
  ...more,
});

t.test('which webhooks are active', async (t) => {
  const webhooks = activeWebhooks([
    row(1, {}),
    row(2, { status: 'inactive' }),
    row(3, { directus_action: 'item.delete' }),
    row(4, { directus_action: 'item.create:before' }),
    row(5, { directus_action: null }),
    row(6, { collection: null }),
    row(7, { collection: '' }),
  ]);
  t.same(webhooks, [
    { id: 1, collection: 'plants', action: 'create' },
    { id: 3, collection: 'plants', action: 'delete' },
  ]);
});

t.test('all that wait for a write are called, once for each item', async (t) => {
  const webhooks = activeWebhooks([
    row(1, {}),
    row(2, {}),
    row(3, { collection: 'zones' }),
    row(4, { directus_action: 'item.update:after' }),
  ]);
  const now = new Date('2026-01-02T03:04:05.678Z');
  const event = { collection: 'plants', action: 'create', keys: ['5', '6'], items: ['{"id":5,"price":1.50}', '{"id":6}'] } as const;
  const calls = webhookDeliveries(webhooks, event, now);
  t.same(
    calls.map(({ webhook, payload }) => [webhook, payload]),
    [
      [1, '{"id":5,"price":1.50}'],
      [1, '{"id":6}'],
      [2, '{"id":5,"price":1.50}'],
      [2, '{"id":6}'],
    ],
  );
  t.equal(new Set(calls.map(({ delivery }) => delivery)).size, 4, 'each has an id of its own');
  t.match(calls[0], { event: 'item.create:after', collection: 'plants', createdAt: now.getTime() });
  t.same(webhookDeliveries(webhooks, { ...event, action: 'delete' }, now), []);
});
