/** How a project's webhooks are delivered: its settings, and what holds without them. */
import { hkdfSync } from 'node:crypto';
import type { ProjectConfig } from '../config/types.ts';
import type { DeliverySettings } from './deliveries.ts';

export const usualDelivery = { privateAddresses: false, attempts: 12, firstDelaySeconds: 10, timeoutMilliseconds: 10_000, keepHours: 24 };

/** The secret of webhooks where none is set: made of the project's, and of no use for anything else. */
export function webhookSecret(projectSecret: string, key: string): string {
  return Buffer.from(hkdfSync('sha256', projectSecret, '', `sallyport webhooks ${key}`, 32)).toString('hex');
}

/** The settings of a project. */
export function deliverySettings({ key, secret, webhooks = {} }: Pick<ProjectConfig, 'key' | 'secret' | 'webhooks'>): DeliverySettings {
  return { secret: webhookSecret(secret, key), ...usualDelivery, ...webhooks };
}
