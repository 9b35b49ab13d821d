import type { Sale } from '../../domain/sale.ts';
import type { DeadLetter, OrderLog } from '../../ports/order-log.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import type { Difference } from './report.ts';
import type { SaleSnapshot } from './snapshot.ts';
import type { Suspect } from './suspects.ts';

export interface DescribePorts {
  readonly queue: Pick<TicketQueue, 'find'>;
  readonly store: Pick<OrderStore, 'order'>;
  readonly log: Pick<OrderLog, 'deadLetters'>;
}

/** Says what either side says about each. */
export async function describe(
  suspects: readonly Suspect[],
  sale: Sale,
  picture: SaleSnapshot,
  { queue, store, log }: DescribePorts,
): Promise<readonly Difference[]> {
  const letters = suspects.some(({ kind }) => kind === 'not stored') ? await lettersOf(sale.id, log) : new Map();
  const { live, queue: counts, log: book, queued } = picture;
  const inLog = `${book.reservations} reservations`;
  const place = (ticket = 0) => {
    const times = queued.times[ticket] ?? 0;
    if (times === 0) return 'neither held nor waiting to be sold';
    return times === 1 ? 'waits to be sold' : `waits to be sold ${times} times`;
  };

  const queueSays = async (orderId: string): Promise<string> => {
    const held = await queue.find(sale.id, orderId);
    return held === undefined
      ? `order ${orderId} holds no ticket`
      : `order ${orderId} of buyer ${held.userId} holds ticket ${held.ticket}`;
  };
  const storeSays = async (orderId: string): Promise<string> => {
    const order = await store.order(orderId);
    return order === undefined
      ? `no order ${orderId}`
      : `order ${orderId} of buyer ${order.userId} has ticket ${order.ticket}, ${order.state}`;
  };
  const each = async (orders: readonly string[], says: (orderId: string) => Promise<string>) =>
    (await Promise.all(orders.map(says))).join('; ');

  const words = async ({ kind, ticket, orders }: Suspect): Promise<Difference> => {
    const [first = '', second = ''] = orders;
    switch (kind) {
      case 'epoch':
        return { catalogue: `epoch ${sale.epoch}`, queue: `epoch ${counts.epoch}` };
      case 'loaded':
        return { catalogue: `${sale.total} tickets`, queue: `${counts.total} tickets` };
      case 'sum':
        return { catalogue: `${sale.total} tickets`, queue: `${counts.held} held, ${counts.remaining} remaining` };
      case 'counted by buyer':
        return { queue: `${counts.held} orders in the ledger, ${picture.heldByBuyers} by their buyers` };
      case 'nowhere':
      case 'queued twice':
        return { queue: place(ticket) };
      case 'stray in the queue':
        return { catalogue: `tickets 1 to ${sale.total}`, queue: 'waits to be sold' };
      case 'held and queued':
        return { orderId: first, queue: `${await queueSays(first)}, and it ${place(ticket)}` };
      case 'held twice':
      case 'stray in the ledger':
      case 'ledger over limit':
        return { ...one(orders), catalogue: bounds(sale, kind), queue: await each(orders, queueSays) };
      case 'live twice':
      case 'stray in the store':
      case 'store over limit':
        return { ...one(orders), catalogue: bounds(sale, kind), store: await each(orders, storeSays) };
      case 'not stored': {
        const letter: DeadLetter | undefined = letters.get(first);
        const aside = letter === undefined ? '' : `; its record is a dead letter: ${letter.reason}`;
        return { orderId: first, log: `order ${first} holds ticket ${ticket}${aside}`, store: await storeSays(first) };
      }
      case 'not the same': {
        const concerned = [...new Set([first, second])].filter((orderId) => orderId !== '');
        return {
          ...one(concerned),
          queue: first === '' ? `${place(ticket)}; ${await queueSays(second)}` : await queueSays(first),
          store: await each(second === '' ? [first] : [second], storeSays),
        };
      }
      case 'live ahead':
      case 'live behind':
        return { log: inLog, live: `${(kind === 'live ahead' ? live.before : live.after).reserved} reservations` };
      case 'seconds ahead':
      case 'seconds behind': {
        const { inSeconds } = kind === 'seconds ahead' ? live.before : live.after;
        return { log: inLog, live: `${inSeconds} reservations, second by second` };
      }
    }
  };

  const told: Difference[] = [];
  for (const suspect of suspects) {
    const { ticket } = suspect;
    told.push({ ...(ticket === undefined ? {} : { ticket }), ...(await words(suspect)) });
  }
  return told;
}

/** For a difference about one order. */
function one(orders: readonly string[]): Pick<Difference, 'orderId'> {
  const [orderId] = orders;
  return orders.length === 1 && orderId !== undefined ? { orderId } : {};
}

function bounds({ total, perBuyerLimit }: Sale, kind: Suspect['kind']): string {
  if (kind.startsWith('stray')) return `tickets 1 to ${total}`;
  return kind.endsWith('limit') ? `${perBuyerLimit} a buyer` : 'one order a ticket';
}

/** The letters of a sale's orders. */
async function lettersOf(saleId: string, log: DescribePorts['log']): Promise<ReadonlyMap<string, DeadLetter>> {
  const letters = new Map<string, DeadLetter>();
  for await (const letter of log.deadLetters()) {
    const { record } = letter;
    if (record?.type !== 'reservations' || record.saleId !== saleId) continue;
    for (const { orderId } of record.items) letters.set(orderId, letter);
  }
  return letters;
}
