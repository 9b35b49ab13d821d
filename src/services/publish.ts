import { type Fault, isFault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface PublishPorts extends SaleListeners {
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale'>;
  readonly queue: Pick<TicketQueue, 'load' | 'incarnation'>;
  readonly clock: Pick<Clock, 'now'>;
}

export type PublishOutcome =
  /** It is published, by this call or an earlier one. */
  | { readonly kind: 'published'; readonly sale: Sale }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'closed' }
  /** Its time is over before it began. */
  | { readonly kind: 'ended' };

/**
 * Puts a draft on sale. Idempotent, and any number may do it at once: `publishing` is stored first, so that nobody can
 * change what is being loaded; then the tickets are loaded, which happens once however often it is asked; then buyers see
 * it. A crash in between leaves it `publishing`, for the next call or {@link resumePublishing} to finish; the other way
 * round buyers would meet a sale without a queue.
 */
export async function publishSale(saleId: string, ports: PublishPorts): Promise<PublishOutcome> {
  const { catalogue, queue, clock } = ports;
  const outcome = await retryOnConflict<PublishOutcome>(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return { kind: 'unknown' };
    if (sale.status === 'published') return { kind: 'published', sale };
    if (sale.status === 'closed') return { kind: 'closed' };
    if (sale.status === 'draft') {
      if (sale.closesAt <= clock.now()) return { kind: 'ended' };
      // Who was beaten to it goes on from what the other one stored; who was not, from their own.
      await catalogue.saveSale(withStatus(sale, 'publishing'));
      return undefined;
    }
    const life = await queue.incarnation?.(saleId);
    // Read behind that: who still finds it unpublished knows that nobody has bought of it in this life of the queue.
    const unsold = await catalogue.sale(saleId);
    if (unsold?.status !== 'publishing') return undefined;
    await queue.load(unsold, life);
    const published = withStatus(unsold, 'published');
    return (await catalogue.saveSale(published)) ? { kind: 'published', sale: published } : undefined;
  });
  if (outcome.kind === 'published') notifySaleChanged(saleId, ports);
  return outcome;
}

export interface Resumed {
  readonly saleId: string;
  /** Why it is still not published. The next run tries again. */
  readonly fault?: Fault;
}

/** Finishes what publishers left behind that died on the way. One sale's trouble doesn't keep the others from it. */
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
