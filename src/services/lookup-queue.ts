import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import { FairQueue, type FairQueueOptions } from '../resilience/fair-queue.ts';
import { SingleFlight } from './single-flight.ts';

const queueDefaults = {
  // An order that a worker has not stored yet is searched in the ledger of each sale that it may be of.
  concurrency: 16,
  // A page asks for one order; a client that asks for many at once waits for itself.
  perKey: 2,
  // More connections than a client has a use for; each costs a closure.
  waitingPerKey: 512,
  waiting: 4096,
} as const satisfies FairQueueOptions;

/** How long an unknown id stays unknown, milliseconds: no buyer has the id of an order before it exists. */
const UNKNOWN_MS = 1000;
const UNKNOWN_IDS = 10_000;

type Search = () => Promise<Order | undefined>;

/**
 * Bounds what it costs to look for orders by id, since an id that exists nowhere has to be searched everywhere. Each user
 * has a share of their own, concurrent searches for an id share one, and an id that was not found is not searched again at
 * once. Errors: Fault `full`, and those of the search.
 */
export class LookupQueue {
  readonly #queue = new FairQueue(queueDefaults);
  readonly #searches = new SingleFlight();
  /** When each was not found, monotonic milliseconds, in that order. */
  readonly #unknown = new Map<string, number>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** A search whose result does not depend on the user. */
  async find(orderId: string, userId: string, search: Search): Promise<Order | undefined> {
    if (this.#isUnknown(orderId)) return undefined;
    const keep = (found: Order | undefined) => (found === undefined ? this.#notFound(orderId) : undefined);
    return this.#searches.run(orderId, () => this.#queue.run(userId, search), keep);
  }

  /** A search on behalf of this user only. */
  async findFor(orderId: string, userId: string, search: Search): Promise<Order | undefined> {
    return this.#isUnknown(orderId) ? undefined : this.#queue.run(userId, search);
  }

  #notFound(orderId: string): void {
    this.#unknown.delete(orderId);
    this.#unknown.set(orderId, this.clock.monotonic());
    if (this.#unknown.size > UNKNOWN_IDS) this.#unknown.delete(this.#unknown.keys().next().value as string);
  }

  #isUnknown(orderId: string): boolean {
    const at = this.#unknown.get(orderId);
    return at !== undefined && this.clock.monotonic() - at < UNKNOWN_MS;
  }
}
