import { catchError, concatMap, defer, exhaustMap, filter, from, map, mergeMap, type Observable, of } from 'rxjs';
import { chunked } from '../../domain/chunked.ts';
import { Fault } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import { recordOf } from '../../domain/log-record.ts';
import { type Order, totalOf } from '../../domain/order.ts';
import { fingerprintOf, rebookKey, reservedOrder } from '../../domain/purchase.ts';
import type { Sale } from '../../domain/sale.ts';
import type { RebookingDue } from '../../ports/order-payments.ts';
import type { ReserveAnswer, ReserveItem } from '../../ports/ticket-queue.ts';
import { announceStock } from './announce.ts';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { pauseAfterFault } from './paced.ts';

type Rebooked = Extract<HousekeepingResult, { step: 'rebook' }>;

/** `waits`: some are not decided yet, and nothing is wrong. */
type Attempt = Rebooked & { readonly waits?: boolean };

/** What became of one payment. */
type Outcome = 'rebooked' | 'refused' | 'waits';

/** An order that the queue has given to a payment. */
interface Bought {
  readonly due: RebookingDue;
  readonly order: Order;
  readonly isPublished: boolean;
}

/** There is no request: the money came by itself. */
const REBOOKED_REQUEST = 'rebook';

/** Purchases in one call of the queue, and in one record of the log; as of the relay. */
const AT_ONCE = 64;

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
          mergeMap((due) => from(batchesOf(due))),
          // One after the other: two of one buyer must not exceed the limit together.
          concatMap((batch) => attempt(batch, ports, options)),
          catchError((fault: unknown) => of<Attempt>({ step: 'rebook', rebooked: 0, refused: 0, fault })),
        ),
        options,
      ),
    ),
    filter(({ rebooked, refused, fault }) => rebooked + refused > 0 || fault !== undefined),
    map(({ waits: _, ...result }) => result),
  );
}

/** Payments of one sale each. */
function batchesOf(due: readonly RebookingDue[]): readonly (readonly RebookingDue[])[] {
  return [...groupBy(due, ({ order }) => order.saleId).values()].flatMap((some) => chunked(some, AT_ONCE));
}

async function attempt(
  batch: readonly RebookingDue[],
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
): Promise<Attempt> {
  const counts: Record<Outcome, number> = { rebooked: 0, refused: 0, waits: 0 };
  let fault: unknown;
  try {
    await rebookBatch(batch, ports, options, (outcome) => {
      counts[outcome] += 1;
    });
  } catch (error) {
    fault = error;
  }
  const { rebooked, refused, waits } = counts;
  return { step: 'rebook', rebooked, refused, waits: waits > 0, ...(fault === undefined ? {} : { fault }) };
}

async function rebookBatch(
  batch: readonly RebookingDue[],
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
  count: (outcome: Outcome) => void,
): Promise<void> {
  const { store, sale: saleOf } = ports;
  const refuse = async ({ paymentId }: RebookingDue) => {
    await store.notRebooked(paymentId);
    count('refused');
  };
  const sale = await saleOf(batch[0]?.order.saleId ?? '');
  // The queue has nothing of it any more. In any other state it knows what an earlier attempt has bought, and answers the rest.
  if (sale === undefined || sale.status === 'archived') {
    for (const due of batch) await refuse(due);
    return;
  }
  const { items, answers } = await reserve(sale, batch, ports);
  const all: Bought[] = [];
  for (const [n, answer] of answers.entries()) {
    const due = batch[n] as RebookingDue;
    const bought = boughtBy(due, items[n] as ReserveItem, answer, sale);
    if (answer.kind === 'paused' || answer.kind === 'notStarted') count('waits');
    // The price of a published sale does not change; if it did, the order would expire.
    else if (bought === undefined || totalOf(bought.order).amount !== totalOf(due.order).amount) await refuse(due);
    else all.push(bought);
  }
  await publish(all, sale, ports, options);
  for (const bought of all) count(await record(bought, ports));
  if (all.length > 0) await announceStock(ports, sale.id);
}

async function reserve(sale: Sale, batch: readonly RebookingDue[], { queue, newId }: HousekeepingPorts) {
  const items: ReserveItem[] = [];
  for (const { order } of batch) {
    const { id, userId, tickets } = order;
    const quantity = tickets.length;
    const orderId = await newId();
    items.push({ orderId, userId, key: rebookKey(id), fingerprint: fingerprintOf(quantity), quantity });
  }
  const reply = await queue.reserve(sale.id, sale.epoch, items);
  if (reply.kind === 'answered') return { items, answers: reply.answers };
  throw new Fault('fenced', `the ticket queue does not sell ${sale.id} yet: ${reply.kind}`);
}

/** Undefined if the queue gave it nothing. */
function boughtBy(due: RebookingDue, item: ReserveItem, answer: ReserveAnswer, sale: Sale): Bought | undefined {
  if (answer.kind !== 'reserved' && answer.kind !== 'replayed') return undefined;
  const { tickets, reservedAt } = answer;
  const orderId = answer.kind === 'replayed' ? answer.orderId : item.orderId;
  const order = reservedOrder(sale, { orderId, userId: item.userId, tickets, reservedAt });
  return { due, order, isPublished: answer.kind === 'replayed' && answer.published };
}

async function publish(
  all: readonly Bought[],
  sale: Sale,
  { log, queue }: HousekeepingPorts,
  { rebookWithinSeconds }: HousekeepingOptions,
): Promise<void> {
  // Two payments of one order have bought one.
  const fresh = new Map(all.filter(({ isPublished }) => !isPublished).map((bought) => [bought.order.id, bought]));
  if (fresh.size === 0) return;
  const payWithinSeconds = Math.max(sale.payWithinSeconds, rebookWithinSeconds);
  const items = Array.from(fresh.values(), ({ due, order: { id: orderId, tickets, userId, reservedAt } }) => {
    return { orderId, tickets, userId, key: rebookKey(due.order.id), reservedAt, requestId: REBOOKED_REQUEST };
  });
  await log.append(recordOf({ ...sale, payWithinSeconds }, items));
  await queue.published(sale.id, sale.epoch, [...fresh.keys()]);
}

async function record({ due, order }: Bought, { store, events, clock }: HousekeepingPorts): Promise<Outcome> {
  const at = clock.now();
  const result = await store.rebooked(due.paymentId, order.id, at);
  // A worker stores it, and nobody else: it knows whether a recovery of the queue has ended the epoch before the record.
  if (result === 'unknown') return 'waits';
  if (result === 'refundDue') return 'refused';
  const paid: Order = { ...order, state: 'paid', paidAt: at, rebookOf: due.order.id };
  events.publish({ type: 'orders', orders: [{ ...due.order, rebookedAs: order.id }, paid] });
  return 'rebooked';
}
