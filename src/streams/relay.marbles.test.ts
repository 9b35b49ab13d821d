import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../test/support/promise-marbles.ts';
import { aSale } from '../../test/support/sales.ts';
import type { ReservationsRecord } from '../domain/log-record.ts';
import { relay } from './relay.ts';

interface Diagrams {
  readonly ticks: string;
  /** The buyers, a letter each, whose front died in frame 0, right after it had reserved for them. */
  readonly stranded: string;
  readonly leaseMs: number;
  /** How the ports answer; at once if not given. */
  readonly sales?: string | readonly string[];
  readonly claim?: string | readonly string[];
  readonly append?: string | readonly string[];
}

/** The relay on a queue that follows the port's rules; diagrams use the buyers' letters. */
function relayMarbles(m: PromiseMarbles, { ticks, stranded, leaseMs, ...answers }: Diagrams) {
  const queue = new MemoryTicketQueue(m.clock.now);
  const sale = aSale();
  void queue.load(sale);
  const items = [...stranded].map((userId) => ({
    orderId: userId,
    userId,
    key: 'k:1',
    fingerprint: '{}',
    quantity: 1,
  }));
  void queue.reserve(sale.id, sale.epoch, items);

  const listing = m.port(async () => [sale], answers.sales ?? 'a|');
  const claiming = m.port(
    (saleId: string, options: { readonly leaseMs: number; readonly max: number }) =>
      queue.claimStranded(saleId, options),
    answers.claim ?? 'a|',
  );
  const appending = m.port(async (_: ReservationsRecord) => undefined, answers.append ?? 'a|');
  const marking = m.port(
    (saleId: string, epoch: number, ids: readonly string[]) => queue.published(saleId, epoch, ids),
    'a|',
  );

  const tick$ = m.hot(ticks);
  const relayed$ = relay(
    tick$,
    { queue: { claimStranded: claiming, published: marking }, log: { append: appending }, sales: listing },
    { leaseMs, batchSize: 2 },
  );
  return {
    tick$,
    /** How many reservations a tick relayed, and the fault that prevented more. */
    relayed$: relayed$.pipe(map(({ relayed, fault }) => (fault === undefined ? relayed : { relayed, fault }))),
    sales$: listing.calls$.pipe(map(() => 't')),
    append$: appending.calls$.pipe(map(([record]) => record.items.map(({ userId }) => userId).join(''))),
    published$: marking.calls$.pipe(map(([, , ids]) => ids.join(''))),
  };
}

describe('the relay stream', () => {
  it('publishes, batch after batch, what is older than its lease, marking each batch once the log has it', () =>
    promiseMarbles((m) => {
      const { relayed$, append$, published$ } = relayMarbles(m, {
        ticks: '                             ---t-t--------|',
        stranded: 'abc',
        leaseMs: 4,
        append: '                            --a|',
      });
      m.expectObservable(append$).toBe('     -----x-c', { x: 'ab', c: 'c' });
      m.expectObservable(published$).toBe('  -------x-c', { x: 'ab', c: 'c' });
      m.expectObservable(relayed$).toBe('    ---0-----3----|', { 0: 0, 3: 3 });
    }));

  it('drops the ticks that come while it works, and takes the first one afterwards', () =>
    promiseMarbles((m) => {
      const { relayed$, sales$ } = relayMarbles(m, {
        ticks: '                            -t-t-t-t-t|',
        stranded: 'a',
        leaseMs: 0,
        claim: ['                           --a|', 'a|'],
        append: '                           ---a|',
      });
      m.expectObservable(sales$).toBe('     -t-----t-t');
      m.expectObservable(relayed$).toBe('   ------1000|'.replace('000', '0-0'), { 1: 1, 0: 0 });
    }));

  it('leaves what the log rejected to the first tick after a whole new lease', () =>
    promiseMarbles((m) => {
      const { relayed$, append$, published$ } = relayMarbles(m, {
        ticks: '                             -----t--t--t|',
        stranded: 'a',
        leaseMs: 4,
        append: ['                           -#', '-a|'],
      });
      const values = { x: { relayed: 0, fault: UNAVAILABLE }, 0: 0, 1: 1 };
      m.expectObservable(append$).toBe('     -----a-----a');
      m.expectObservable(published$).toBe('  ------------a');
      m.expectObservable(relayed$).toBe('    ------x-0---(1|)', values);
    }));

  it('reports that the sales could not be read, and tries again with the next tick', () =>
    promiseMarbles((m) => {
      const { relayed$, append$ } = relayMarbles(m, {
        ticks: '                             -t-t--|',
        stranded: 'a',
        leaseMs: 0,
        sales: ['                            -#', 'a|'],
      });
      m.expectObservable(append$).toBe('     ---a');
      m.expectObservable(relayed$).toBe('    --x1--|', { x: { relayed: 0, fault: UNAVAILABLE }, 1: 1 });
    }));

  it('finishes its work before it completes with the ticks', () =>
    promiseMarbles((m) => {
      const { relayed$, tick$ } = relayMarbles(m, {
        ticks: '                                    -t|',
        stranded: 'a',
        leaseMs: 0,
        append: '                                   ----a|',
      });
      m.expectObservable(relayed$).toBe('           -----(1|)', { 1: 1 });
      m.expectSubscriptions(tick$.subscriptions).toBe('^-!');
    }));
});
