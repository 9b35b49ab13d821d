import { type Fault, isFault } from '../domain/errors.ts';
import { isRunning, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { saleChange } from './sale-history.ts';

export interface PublishPorts extends SaleListeners {
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale'>;
  readonly queue: Pick<TicketQueue, 'load' | 'incarnation'>;
  readonly clock: Pick<Clock, 'now'>;
}

export type PublishOutcome =
  /** The sale is published, by this call or an earlier one. */
  | { readonly kind: 'published'; readonly sale: Sale }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'closed' | 'archived' }
  /** The draft's closing time has passed. */
  | { readonly kind: 'ended' };

/**
 * Publishes a draft. Idempotent, and safe to run concurrently. First `publishing` is stored, so that the draft can't be
 * changed any more; then its tickets are loaded, which has an effect once only; then it becomes visible to buyers. A crash
 * in between leaves it `publishing`, and the next call or {@link resumePublishing} finishes it. In another order buyers
 * could find a sale that the queue does not know. Errors: those of catalogue and queue.
 */
export async function publishSale(saleId: string, ports: PublishPorts, by?: string): Promise<PublishOutcome> {
  const { catalogue, queue, clock } = ports;
  const outcome = await retryOnConflict<PublishOutcome>(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return { kind: 'unknown' };
    if (isRunning(sale)) return { kind: 'published', sale };
    if (sale.status === 'closed' || sale.status === 'archived') return { kind: sale.status };
    if (sale.status === 'draft') {
      if (sale.closesAt <= clock.now()) return { kind: 'ended' };
      // Whether this call stored it or another one did, the next attempt goes on from what is stored.
      const publishing = withStatus(sale, 'publishing');
      const who = by === undefined ? undefined : { by, at: clock.now() };
      const change = who && saleChange('published', sale, publishing, who);
      await catalogue.saveSale(publishing, change);
      return undefined;
    }
    const incarnation = await queue.incarnation?.(saleId);
    // Read after that: if it is still unpublished, no ticket was sold in this incarnation of the queue.
    const unsold = await catalogue.sale(saleId);
    if (unsold?.status !== 'publishing') return undefined;
    await queue.load(unsold, incarnation);
    const published = withStatus(unsold, 'published');
    return (await catalogue.saveSale(published)) ? { kind: 'published', sale: published } : undefined;
  });
  if (outcome.kind === 'published') notifySaleChanged(saleId, ports);
  return outcome;
}

export interface Resumed {
  readonly saleId: string;
  /** Why it is not published yet; the next run tries again. */
  readonly fault?: Fault;
}

/** Finishes publishing the sales that a crashed process left in `publishing`, whether or not others of them fail. */
export async function resumePublishing(
  ports: PublishPorts & { readonly catalogue: Pick<Catalogue, 'sales'> },
): Promise<readonly Resumed[]> {
  const resumed: Resumed[] = [];
  for await (const { id: saleId, status } of everySale(ports.catalogue, { includeDrafts: true })) {
    if (status !== 'publishing') continue;
    try {
      await publishSale(saleId, ports);
      resumed.push({ saleId });
    } catch (error) {
      if (!isFault(error)) throw error;
      resumed.push({ saleId, fault: error });
    }
  }
  return resumed;
}

function withStatus(sale: Sale, status: Sale['status']): Sale {
  return { ...sale, status, version: sale.version + 1 };
}
