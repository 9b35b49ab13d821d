import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../domain/errors.ts';
import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { Payments } from '../ports/payments.ts';
import type { OrderOutcome } from './order-outcome.ts';

export interface PayPorts {
  readonly store: Pick<OrderStore, 'order'>;
  readonly payments: Pick<Payments, 'charge'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** @default a timer */
  readonly delay?: (ms: number) => Promise<void>;
}

/** How long a buyer waits for the provider's message once the charge was asked for. */
const WAIT_MS = 3000;
/** The sandbox's message has come by the first look; a provider's own takes some hundred milliseconds. */
const FIRST_PAUSE_MS = 25;
/** Nobody feels a quarter of a second on top of a payment, and it spares the store. */
const LONGEST_PAUSE_MS = 250;

/**
 * Pays a stored order. The money is the provider's to take, and its message, which may come to any front, pays the
 * order; here the two are only brought together. A crash before the charge: nothing happened. Behind it: the message
 * pays the order without us, and the buyer who asks again hears `ok`.
 *
 * The state decides, not `payBy`: as long as nothing has expired the order, its ticket is nobody else's.
 *
 * Errors: Fault `timeout` when the message has not come, and what `charge` and the store throw. Asking again is safe.
 */
export async function payOrder(order: Order, ports: PayPorts): Promise<OrderOutcome> {
  const { store, payments, clock, delay: pause = delay } = ports;
  const already = outcomeOf(order);
  if (already !== undefined) return already;

  await payments.charge(order);

  const giveUpAt = clock.monotonic() + WAIT_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const outcome = outcomeOf((await store.order(order.id)) ?? order);
    if (outcome !== undefined) return outcome;
    if (clock.monotonic() >= giveUpAt) {
      throw new Fault('timeout', `the provider has not told what became of the payment of order ${order.id}`);
    }
    await pause(pauseMs);
  }
}

/** Undefined while the order may still become paid. */
function outcomeOf(order: Order): OrderOutcome | undefined {
  if (order.state === 'reserved') return undefined;
  return { kind: order.state === 'paid' ? 'ok' : 'refused', order };
}
