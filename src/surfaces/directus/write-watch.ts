/** What a project wants to know of writes: filters of its extensions before, its webhooks in the transaction, actions of its extensions after. */
import type { Actor } from '../../access/types.ts';
import { callerOf } from '../../engine/hooks.ts';
import { webhookDeliveries } from '../../engine/outbox.ts';
import type { WriteContext } from '../../engine/write.ts';
import { parsePlainJson } from '../../lib/plain-json.ts';
import type { Project } from '../../projects/project.ts';
import { tellContent, wantsContent } from './content-events.ts';

/** Empty where nobody listens. */
export function listenersOf(project: Project, actor: Actor, services: (hook: string) => unknown): Pick<WriteContext, 'filters' | 'watch'> {
  const { hooks, webhooks, deliveries } = project;
  const given = { caller: callerOf(actor), services };
  const filters = hooks.filtersWrites ? { filters: { hooks, given } } : {};
  if (webhooks.length === 0 && !hooks.actsOnWrites) return filters;
  return {
    ...filters,
    watch: {
      wants: (collection, action) =>
        hooks.listens('after', action, collection) ||
        wantsContent(hooks, collection, action) ||
        webhooks.some((one) => one.collection === collection && one.action === action),
      calls: (event, now) => webhookDeliveries(webhooks, event, now),
      committed(events) {
        if (webhooks.length > 0) deliveries.wake();
        for (const event of events) {
          tellContent(hooks, event, given);
          if (!hooks.listens('after', event.action, event.collection)) continue;
          hooks.after({ ...event, items: event.items.map(parsePlainJson) }, given);
        }
      },
    },
  };
}
