import type { EventBus } from '../ports/event-bus.ts';
import type { Sales } from './sales.ts';

/** Who has to learn that a sale's settings or status changed: this process's cache, and the other processes. */
export interface SaleListeners {
  readonly sales?: Pick<Sales, 'forget'>;
  readonly events?: Pick<EventBus, 'publish'>;
}

export function notifySaleChanged(saleId: string, { sales, events }: SaleListeners): void {
  sales?.forget(saleId);
  events?.publish({ type: 'sale', saleId });
}
