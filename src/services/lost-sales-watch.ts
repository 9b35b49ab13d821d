import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueueRecovery } from '../ports/queue-recovery.ts';
import { lostSales } from './lost-sales.ts';

export interface LostSalesWatchPorts {
  readonly recovery: Pick<QueueRecovery, 'state' | 'incarnation'>;
  readonly catalogue: Pick<Catalogue, 'sales' | 'salesRevision'>;
  readonly clock: Clock;
}

/** How often each sale is asked for although nothing has changed: data removed by hand may leave no other trace. */
const ASK_ALL_EVERY_MS = 5000;

/**
 * {@link lostSales}, to be called several times a second: where none was lost, each sale is asked for again only when the
 * queue's incarnation or the catalogue has changed, and now and then. Errors: as `lostSales`.
 */
export function watchLostSales(ports: LostSalesWatchPorts): () => Promise<readonly string[]> {
  const { recovery, catalogue, clock } = ports;
  let sound: { readonly incarnation: string; readonly revision: number; readonly at: number } | undefined;
  return async () => {
    // Both before the sales are asked for: a change in between is a difference next time.
    const incarnation = await recovery.incarnation?.();
    const revision = await catalogue.salesRevision();
    const at = clock.monotonic();
    const same = sound?.incarnation === incarnation && sound?.revision === revision;
    if (sound !== undefined && same && at - sound.at < ASK_ALL_EVERY_MS) return [];
    sound = undefined;
    const lost = await lostSales(ports);
    if (lost.length === 0 && incarnation !== undefined) sound = { incarnation, revision, at };
    return lost;
  };
}
