import pLimit, { type LimitFunction } from 'p-limit';
import { Fault } from '../domain/errors.ts';
import type { Order } from '../domain/order.ts';
import { withTimeLimit } from '../resilience/time-limit.ts';
import type { OrderOutcome } from './order-outcome.ts';
import { type PayPorts, payOrder } from './pay.ts';
import { SingleFlight } from './single-flight.ts';

/** Payments of one buyer at once: a person pays one order after the other. */
const BUYER_AT_ONCE = 4;
/** Payments of one buyer that wait for those; more are refused. */
const BUYER_WAITING = 16;
/** A front ends a request after 10 s: this one has its answer before that. */
const PAY_WITHIN_MS = 9000;

/**
 * The payments under way in this process. Requests for one order share one payment, and those of one buyer are few, so that
 * a provider that hangs is not kept busy by them while others want to pay.
 */
export class Charges {
  readonly #orders = new SingleFlight();
  readonly #buyers = new Map<string, { readonly limit: LimitFunction; payments: number }>();

  constructor(private readonly ports: PayPorts) {}

  /** Errors: Fault `full`, `timeout`, and those of {@link payOrder}; it may be repeated. */
  pay(order: Order): Promise<OrderOutcome> {
    const { after } = this.ports;
    // Nothing is charged any more.
    if (order.state !== 'reserved') return payOrder(order, this.ports);
    return withTimeLimit(
      this.#orders.run(
        order.id,
        () => this.#inTurn(order),
        () => undefined,
      ),
      {
        ms: PAY_WITHIN_MS,
        onLate: () => {
          throw late(order);
        },
        ...(after === undefined ? {} : { after }),
      },
    );
  }

  async #inTurn(order: Order): Promise<OrderOutcome> {
    const { clock } = this.ports;
    const { userId } = order;
    const startedAt = clock.monotonic();
    const buyer = this.#buyers.get(userId) ?? { limit: pLimit(BUYER_AT_ONCE), payments: 0 };
    if (buyer.payments >= BUYER_AT_ONCE + BUYER_WAITING) {
      throw new Fault('full', `user ${userId} has too many payments under way`);
    }
    this.#buyers.set(userId, buyer);
    buyer.payments += 1;
    try {
      return await buyer.limit(() => {
        // No caller waits for it any more.
        if (clock.monotonic() - startedAt >= PAY_WITHIN_MS) throw late(order);
        return payOrder(order, this.ports);
      });
    } finally {
      buyer.payments -= 1;
      if (buyer.payments === 0) this.#buyers.delete(userId);
    }
  }
}

function late({ id }: Order): Fault {
  return new Fault('timeout', `the payment of order ${id} takes longer than ${PAY_WITHIN_MS} ms`);
}
