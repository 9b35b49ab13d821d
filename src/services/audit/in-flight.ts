import type { Sale } from '../../domain/sale.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import { inTurns } from '../turns.ts';
import type { Candidate } from './candidates.ts';
import type { SaleSnapshot } from './snapshot.ts';

export interface InFlightPorts {
  readonly store: Pick<OrderStore, 'owedTickets'>;
  readonly log: Pick<OrderLog, 'lag'>;
}

export interface Settled {
  /** The candidates that are discrepancies. */
  readonly wrong: readonly Candidate[];
  /** The number of tickets of ended orders that are being returned. */
  readonly returning: number;
}

/** Owed tickets to read, over all sales: more than the expiry ever leaves at once. */
const MAX_OWED = 1_000_000;

/** Excludes the candidates that are known to be in flight. */
export async function excludeInFlight(
  candidates: readonly Candidate[],
  { id }: Pick<Sale, 'id'>,
  snapshot: SaleSnapshot,
  { store, log }: InFlightPorts,
  { liveGroup }: { readonly liveGroup: string },
): Promise<Settled> {
  const owed = new Set<string>();
  if (candidates.some(({ invariant }) => invariant === 'ledger')) {
    for (const { saleId, orderId } of await store.owedTickets(MAX_OWED)) if (saleId === id) owed.add(orderId);
  }
  const isLagging = candidates.some(isBehind) && (await log.lag(liveGroup)) > 0;
  const { ledger, log: logged } = snapshot;
  let returning = 0;
  const isWrong = (candidate: Candidate): boolean => {
    if (isLagging && isBehind(candidate)) return false;
    if (candidate.invariant !== 'ledger') return true;
    const [held = '', live = ''] = candidate.orders;
    if (owed.has(held)) {
      returning += 1;
      return false;
    }
    return live !== '' || !(ledger.unpublished.has(held) || logged.unsettled.has(held));
  };
  const wrong: Candidate[] = [];
  for await (const candidate of inTurns(candidates)) if (isWrong(candidate)) wrong.push(candidate);
  return { wrong, returning };
}

function isBehind({ kind }: Candidate): boolean {
  return kind === 'live behind' || kind === 'timeline behind';
}
