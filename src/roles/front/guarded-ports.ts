import type { Policy } from '../../resilience/policy.ts';
import type { Ports } from '../ports.ts';
import type { Policies } from './policies.ts';

/**
 * The ports as a front's services use them: every call on which a buyer waits runs in a policy. Calls with their own
 * retries (node number, settings) and calls that may take long (publishing by an admin, an audit, the counts of a
 * report, a search for orders) do not; the HTTP front's time limit ends their requests.
 */
export function guardPorts<Guarded extends Pick<Ports, 'queue' | 'store' | 'catalogue' | 'live'>>(
  ports: Guarded,
  policies: Pick<Policies, 'stock' | 'store' | 'live' | 'lookup'>,
): Guarded {
  const { queue, store, catalogue, live } = ports;
  return {
    ...ports,
    queue: {
      ...queue,
      stock: guarded(policies.stock, queue.stock),
      find: guarded(policies.stock, queue.find),
      // A buyer who cancels waits for this; a ticket that is not returned in time is returned by the scheduler.
      release: guarded(policies.stock, queue.release),
    },
    store: {
      ...store,
      order: guarded(policies.store, store.order),
      orders: guarded(policies.store, store.orders),
      store: guarded(policies.store, store.store),
      transition: guarded(policies.store, store.transition),
      returned: guarded(policies.store, store.returned),
      holdForPayment: guarded(policies.store, store.holdForPayment),
      endHold: guarded(policies.store, store.endHold),
      refund: guarded(policies.store, store.refund),
      refundsOf: guarded(policies.store, store.refundsOf),
      capture: guarded(policies.store, store.capture),
    },
    catalogue: {
      ...catalogue,
      sale: guarded(policies.store, catalogue.sale),
      sales: guarded(policies.store, catalogue.sales),
      // Also whether an unknown id is still unknown: such requests must not open the breaker of the orders.
      salesRevision: guarded(policies.lookup, catalogue.salesRevision),
    },
    live: {
      ...live,
      timelinePages: (saleId) => guardedPages(policies.live, live.timelinePages(saleId)),
    },
  };
}

/** The ports of searches for orders that may be nowhere: in the ledgers they run in a policy of their own. */
export function guardLookups<Guarded extends Pick<Ports, 'queue'>>(
  guardedPorts: Guarded,
  { queue }: Pick<Ports, 'queue'>,
  { lookup }: Pick<Policies, 'lookup'>,
): Guarded {
  return {
    ...guardedPorts,
    queue: { ...guardedPorts.queue, stock: guarded(lookup, queue.stock), find: guarded(lookup, queue.find) },
  };
}

/** Each page is a call of its own. */
async function* guardedPages<Page>(policy: Policy, pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await policy.execute(() => iterator.next());
      if (done) return;
      yield value;
    }
  } finally {
    // Not awaited: a page that hangs must not keep the caller.
    void iterator.return?.().catch(() => {});
  }
}

function guarded<Args extends readonly unknown[], Result>(
  policy: Policy,
  call: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return (...args) => policy.execute(() => call(...args));
}
