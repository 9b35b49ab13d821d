import type { Sale } from '../../domain/sale.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { SaleSnapshot } from './snapshot.ts';
import type { Suspect } from './suspects.ts';

export interface JudgePorts {
  readonly store: Pick<OrderStore, 'owedTickets'>;
  readonly log: Pick<OrderLog, 'lag'>;
}

export interface Verdict {
  /** Those that are wrong. */
  readonly wrong: readonly Suspect[];
  /** Tickets of ended orders that are on their way back. */
  readonly returning: number;
}

/** Of all sales; more than any expiry leaves to be done at once. */
const MAX_OWED = 1_000_000;

/** Lets go of what is still on its way, for reasons that are known. */
export async function judge(
  suspects: readonly Suspect[],
  { id }: Pick<Sale, 'id'>,
  picture: SaleSnapshot,
  { store, log }: JudgePorts,
  { liveGroup }: { readonly liveGroup: string },
): Promise<Verdict> {
  const owed = new Set<string>();
  if (suspects.some(({ invariant }) => invariant === 'ledger')) {
    for (const { saleId, orderId } of await store.owedTickets(MAX_OWED)) if (saleId === id) owed.add(orderId);
  }
  const isLagging =
    suspects.some(({ kind }) => kind === 'live behind' || kind === 'seconds behind') && (await log.lag(liveGroup)) > 0;
  const { ledger, log: book } = picture;
  let returning = 0;
  const wrong = suspects.filter(({ invariant, kind, orders: [held = '', live = ''] }) => {
    if (isLagging && (kind === 'live behind' || kind === 'seconds behind')) return false;
    if (invariant !== 'ledger') return true;
    if (owed.has(held)) {
      returning += 1;
      return false;
    }
    return live !== '' || !(ledger.unpublished.has(held) || book.unsettled.has(held));
  });
  return { wrong, returning };
}
