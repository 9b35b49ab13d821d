import { catchError, concatMap, defer, exhaustMap, filter, from, map, mergeMap, type Observable, of } from 'rxjs';
import { Fault } from '../../domain/errors.ts';
import { type Order, totalOf } from '../../domain/order.ts';
import { fingerprintOf, rebookKey, reservedOrder } from '../../domain/purchase.ts';
import type { Sale } from '../../domain/sale.ts';
import type { RebookingDue } from '../../ports/order-payments.ts';
import type { ReserveAnswer } from '../../ports/ticket-queue.ts';
import { announceStock } from './announce.ts';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { pauseAfterFault } from './paced.ts';

type Rebooked = Extract<HousekeepingResult, { step: 'rebook' }>;

/** `waits`: not decided yet, and nothing is wrong. */
type Attempt = Rebooked & { readonly waits?: boolean };

/** There is no request: the money came by itself. */
const REBOOKED_REQUEST = 'rebook';

const WAITS: Attempt = { step: 'rebook', rebooked: 0, refused: 0, waits: true };

/**
 * Buys tickets again with money that came after its order had ended: as many as the order had, in an order of its own, paid at
 * once. If the sale has too few left, or is over, or the buyer may not hold as many more, the money is given back.
 *
 * Until the store has recorded the result the payment is still due, and everything before is repeated without harm by this
 * process or the next leader: the queue knows the new order by a key made of the old one's id; one that is not in the log yet
 * is published, here or by the relay; a worker stores it like any other; and one that expires, or is rejected, before it is
 * marked as paid leaves its money to be given back.
 */
export function rebook(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
): Observable<Rebooked> {
  const { store } = ports;
  return tick$.pipe(
    exhaustMap(() =>
      pauseAfterFault(
        defer(() => store.rebookingsDue(options.batchSize)).pipe(
          mergeMap((due) => from(due)),
          // One after the other: they are few, and two of one buyer must not exceed the limit together.
          concatMap((due) => attempt(due, ports)),
          catchError((fault: unknown) => of<Attempt>({ step: 'rebook', rebooked: 0, refused: 0, fault })),
        ),
        options,
      ),
    ),
    filter(({ waits }) => waits !== true),
    map(({ waits: _, ...result }) => result),
  );
}

async function attempt(due: RebookingDue, ports: HousekeepingPorts): Promise<Attempt> {
  try {
    return await rebookOne(due, ports);
  } catch (fault) {
    return { step: 'rebook', rebooked: 0, refused: 0, fault };
  }
}

async function rebookOne({ paymentId, order }: RebookingDue, ports: HousekeepingPorts): Promise<Attempt> {
  const { store, queue, sale: saleOf, clock, newId } = ports;
  const refuse = async (): Promise<Attempt> => {
    await store.notRebooked(paymentId);
    return { step: 'rebook', rebooked: 0, refused: 1 };
  };
  const sale = await saleOf(order.saleId);
  if (sale === undefined || isOver(sale, clock.now())) return refuse();
  if (sale.status === 'paused') return WAITS;

  const { userId, tickets } = order;
  const key = rebookKey(order.id);
  const quantity = tickets.length;
  const item = { orderId: await newId(), userId, key, fingerprint: fingerprintOf(quantity), quantity };
  const reply = await queue.reserve(sale.id, sale.epoch, [item]);
  if (reply.kind !== 'answered')
    throw new Fault('fenced', `the ticket queue does not sell ${sale.id} yet: ${reply.kind}`);
  const answer = reply.answers[0] as ReserveAnswer;
  if (answer.kind === 'paused' || answer.kind === 'notStarted') return WAITS;
  if (answer.kind !== 'reserved' && answer.kind !== 'replayed') return refuse();

  const orderId = answer.kind === 'replayed' ? answer.orderId : item.orderId;
  const bought = reservedOrder(sale, { orderId, userId, tickets: answer.tickets, reservedAt: answer.reservedAt });
  // The price of a published sale does not change; if it did, the order would expire.
  if (totalOf(bought).amount !== totalOf(order).amount) return refuse();
  if (answer.kind === 'reserved' || !answer.published) await publish(bought, key, sale, ports);
  return record(paymentId, { ended: order, bought }, ports);
}

async function publish(bought: Order, key: string, sale: Sale, { log, queue }: HousekeepingPorts): Promise<void> {
  const { productId, price, payWithinSeconds, epoch } = sale;
  const { id: orderId, tickets, userId, reservedAt } = bought;
  const items = [{ orderId, tickets, userId, key, reservedAt, requestId: REBOOKED_REQUEST }];
  await log.append({ type: 'reservations', saleId: sale.id, productId, epoch, price, payWithinSeconds, items });
  await queue.published(sale.id, epoch, [orderId]);
}

async function record(
  paymentId: string,
  { ended, bought }: { readonly ended: Order; readonly bought: Order },
  ports: HousekeepingPorts,
): Promise<Attempt> {
  const { store, events, clock } = ports;
  const at = clock.now();
  const result = await store.rebooked(paymentId, bought.id, at);
  // A worker stores it, and nobody else: it knows whether a recovery of the queue has ended the epoch before the record.
  if (result === 'unknown') return WAITS;
  if (result === 'refundDue') return { step: 'rebook', rebooked: 0, refused: 1 };
  const paid: Order = { ...bought, state: 'paid', paidAt: at, rebookOf: ended.id };
  events.publish({ type: 'orders', orders: [{ ...ended, rebookedAs: bought.id }, paid] });
  await announceStock(ports, bought.saleId);
  return { step: 'rebook', rebooked: 1, refused: 0 };
}

/** Nothing is sold any more, also not to late payers; a pause may still end before the sale does. */
function isOver({ status, closesAt }: Sale, now: number): boolean {
  return (status !== 'published' && status !== 'paused') || closesAt <= now;
}
