import { isRunning, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { type ChangedBy, saleChange } from './sale-history.ts';

export interface ClosePorts extends SaleListeners {
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale'>;
  readonly queue: Pick<TicketQueue, 'close'>;
}

export type CloseOutcome =
  /** It is closed, by this call or an earlier one. */
  | { readonly kind: 'closed'; readonly sale: Sale }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'notPublished' }
  | { readonly kind: 'archived' };

/**
 * Closes a sale permanently; its reservations remain. The queue is closed first, because it decides for every front. A
 * crash before the catalogue is updated is harmless: no purchase succeeds, pages show `live` for longer, and the admin,
 * who got no answer, closes the sale again. A recovery that raised the sale's epoch meanwhile has raised its version too,
 * so the next attempt closes the queue in the new epoch. Idempotent. Errors: those of catalogue and queue.
 */
export async function closeSale(saleId: string, ports: ClosePorts, who?: ChangedBy): Promise<CloseOutcome> {
  const { catalogue, queue } = ports;
  const outcome = await retryOnConflict<CloseOutcome>(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return { kind: 'unknown' };
    if (sale.status === 'closed') return { kind: 'closed', sale };
    if (sale.status === 'archived') return { kind: 'archived' };
    if (!isRunning(sale)) return { kind: 'notPublished' };
    await queue.close(sale.id, sale.epoch);
    const closed: Sale = { ...sale, status: 'closed', version: sale.version + 1 };
    const change = who && saleChange('closed', sale, closed, who);
    return (await catalogue.saveSale(closed, change)) ? { kind: 'closed', sale: closed } : undefined;
  });
  if (outcome.kind === 'closed') notifySaleChanged(saleId, ports);
  return outcome;
}
