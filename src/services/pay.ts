import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../domain/errors.ts';
import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { Payments } from '../ports/payments.ts';
import type { Timers } from '../ports/timers.ts';
import { poll } from '../resilience/poll.ts';
import { withTimeLimit } from '../resilience/time-limit.ts';
import type { OrderOutcome } from './order-outcome.ts';

export interface PayPorts {
  readonly store: Pick<OrderStore, 'order' | 'holdForPayment'>;
  readonly payments: Pick<Payments, 'charge'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** For how long after its deadline an order is kept whose payment began in time, milliseconds; read at each payment. */
  readonly graceMs: () => number;
  /** @default the event loop's timers */
  readonly wait?: Timers['wait'];
  /** @default the event loop's timers */
  readonly after?: Timers['after'];
}

/** How long a provider may take to accept a charge: its message may arrive although it has not answered by then. */
const CHARGE_WITHIN_MS = 6000;
/** How long a buyer waits for the provider's message after the charge was requested. */
const MAX_WAIT_MS = 3000;
/** The sandbox's message has arrived by the first read; that of a real provider takes some hundred milliseconds. */
const FIRST_PAUSE_MS = 25;
/** A quarter of a second more is not noticed in a payment, and it spares the store. */
const LONGEST_PAUSE_MS = 250;

/**
 * Requests the payment of a stored order and waits for its result. The provider takes the money, and its message, which
 * may arrive at any front, marks the order as paid. Until then the order is kept, for a grace after its deadline at most. A
 * crash before the charge leaves an order that expires that much later; after a crash behind it the message still marks the
 * order, and the buyer who tries again gets `ok`.
 *
 * The state decides, not `payBy`: until an order is expired, its tickets belong to it.
 *
 * Errors: Fault `timeout` when the message has not arrived, and those of `charge` and the store. It may be repeated.
 */
export async function payOrder(order: Order, ports: PayPorts): Promise<OrderOutcome> {
  const { store, payments, clock, graceMs, wait = delay, after } = ports;
  const already = outcomeOf(order) ?? outcomeOf(await held(order, { store, graceMs }));
  if (already !== undefined) return already;

  await withTimeLimit(payments.charge(order), {
    ms: CHARGE_WITHIN_MS,
    onLate: () => {
      throw new Fault('timeout', `the provider has not accepted the charge of order ${order.id}`);
    },
    ...(after === undefined ? {} : { after }),
  });

  const outcome = await poll(async () => outcomeOf((await store.order(order.id)) ?? order), {
    until: (found) => found !== undefined,
    everyMs: FIRST_PAUSE_MS,
    forMs: MAX_WAIT_MS,
    clock,
    wait: lengthening(wait),
  });
  if (outcome !== undefined) return outcome;
  throw new Fault('timeout', `the provider has not yet reported the result of the payment of order ${order.id}`);
}

async function held(order: Order, { store, graceMs }: Pick<PayPorts, 'store' | 'graceMs'>): Promise<Order> {
  const grace = graceMs();
  return grace === 0 ? order : ((await store.holdForPayment(order.id, order.payBy + grace)) ?? order);
}

/** Doubles each pause, up to the longest one. */
function lengthening(wait: Timers['wait']): Timers['wait'] {
  let factor = 1;
  return (ms) => {
    const pauseMs = Math.min(ms * factor, LONGEST_PAUSE_MS);
    factor *= 2;
    return wait(pauseMs);
  };
}

/** Undefined while the order may still be paid. */
function outcomeOf(order: Order): OrderOutcome | undefined {
  if (order.state === 'reserved') return undefined;
  return { kind: order.state === 'paid' ? 'ok' : 'refused', order };
}
