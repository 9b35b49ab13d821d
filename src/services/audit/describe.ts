import type { Sale } from '../../domain/sale.ts';
import type { DeadLetter, OrderLog } from '../../ports/order-log.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import type { Candidate, CandidateKind } from './candidates.ts';
import type { Discrepancy } from './result.ts';
import type { SaleSnapshot } from './snapshot.ts';

export interface DescribePorts {
  readonly queue: Pick<TicketQueue, 'find'>;
  readonly store: Pick<OrderStore, 'order'>;
  readonly log: Pick<OrderLog, 'deadLetters'>;
}

/** Puts discrepancies into words: what each source concerned says. */
export async function describe(
  discrepancies: readonly Candidate[],
  sale: Sale,
  snapshot: SaleSnapshot,
  ports: DescribePorts,
): Promise<readonly Discrepancy[]> {
  const needsLetters = discrepancies.some(({ kind }) => kind === 'not stored');
  const letters = needsLetters ? await lettersOf(sale.id, ports.log) : new Map<string, DeadLetter>();
  const described: Discrepancy[] = [];
  for (const { kind, ticket, orders } of discrepancies) {
    const sources = await DESCRIBERS[kind]({ ticket: ticket ?? 0, orders, sale, snapshot, letters, ports });
    described.push({ ...(ticket === undefined ? {} : { ticket }), ...sources });
  }
  return described;
}

interface About {
  /** 0 for a discrepancy that is not about a ticket. */
  readonly ticket: number;
  readonly orders: readonly string[];
  readonly sale: Sale;
  readonly snapshot: SaleSnapshot;
  /** The dead letters of the sale's orders, by order. */
  readonly letters: ReadonlyMap<string, DeadLetter>;
  readonly ports: DescribePorts;
}

type Describer = (about: About) => Discrepancy | Promise<Discrepancy>;

const AVAILABLE = 'available';

const DESCRIBERS: Readonly<Record<CandidateKind, Describer>> = {
  epoch: ({ sale, snapshot }) => ({ catalogue: `epoch ${sale.epoch}`, queue: `epoch ${snapshot.queue.epoch}` }),
  total: ({ sale, snapshot }) => ({ catalogue: `${sale.total} tickets`, queue: `${snapshot.queue.total} tickets` }),
  sum: ({ sale, snapshot: { queue } }) => ({
    catalogue: `${sale.total} tickets`,
    queue: `${queue.held} held, ${queue.remaining} remaining`,
  }),
  'counted by buyer': ({ snapshot: { queue, heldByBuyers } }) => ({
    queue: `${queue.held} tickets in the ledger, ${heldByBuyers} counted by buyer`,
  }),
  nowhere: inQueue,
  'queued twice': inQueue,
  'held and queued': async (about) => {
    const [orderId = ''] = about.orders;
    return { orderId, queue: `${await inLedger(orderId, about)}, which is also ${placeOf(about)}` };
  },
  'stray in the queue': ({ sale }) => ({ catalogue: ticketsOf(sale), queue: AVAILABLE }),
  'held twice': (about) => heldInLedger(about, ONE_ORDER),
  'live twice': (about) => heldInStore(about, ONE_ORDER),
  'stray in the ledger': (about) => heldInLedger(about, ticketsOf(about.sale)),
  'stray in the store': (about) => heldInStore(about, ticketsOf(about.sale)),
  'ledger over limit': (about) => heldInLedger(about, limitOf(about.sale)),
  'store over limit': (about) => heldInStore(about, limitOf(about.sale)),
  'not stored': async (about) => {
    const [orderId = ''] = about.orders;
    const letter = about.letters.get(orderId);
    const aside = letter === undefined ? '' : `; its record is a dead letter: ${letter.reason}`;
    return {
      orderId,
      log: `order ${orderId} holds ticket ${about.ticket}${aside}`,
      store: await inStore(orderId, about),
    };
  },
  'holders differ': async (about) => {
    const [held = '', live = ''] = about.orders;
    const ledger = held === '' ? `${placeOf(about)}; ${await inLedger(live, about)}` : await inLedger(held, about);
    const concerned = [...new Set([held, live])].filter((orderId) => orderId !== '');
    return { ...onlyOf(concerned), queue: ledger, store: await inStore(live === '' ? held : live, about) };
  },
  'not paid once': (about) => inPayments(about, 'it is not paid by exactly one payment'),
  'money kept': (about) => inPayments(about, 'its payment is kept: give it back by hand'),
  'refunds differ': (about) => inPayments(about, 'it shows another sum as given back than was requested'),
  'live ahead': (about) => inLive(about, `${about.snapshot.live.before.reserved} tickets`),
  'live behind': (about) => inLive(about, `${about.snapshot.live.after.reserved} tickets`),
  'timeline ahead': (about) => inLive(about, inTimeline(about.snapshot.live.before.inTimeline)),
  'timeline behind': (about) => inLive(about, inTimeline(about.snapshot.live.after.inTimeline)),
};

function inQueue(about: About): Discrepancy {
  return { queue: placeOf(about) };
}

async function heldInLedger(about: About, catalogue: string): Promise<Discrepancy> {
  const queue = await Promise.all(about.orders.map((orderId) => inLedger(orderId, about)));
  return { ...onlyOf(about.orders), catalogue, queue: queue.join('; ') };
}

async function heldInStore(about: About, catalogue: string): Promise<Discrepancy> {
  const store = await Promise.all(about.orders.map((orderId) => inStore(orderId, about)));
  return { ...onlyOf(about.orders), catalogue, store: store.join('; ') };
}

/** Workers correct the live state by themselves when its sale is quiet; an admin does at once. */
function inLive({ sale, snapshot: { log } }: About, live: string): Discrepancy {
  const ways = `floodgate live rebuild ${sale.id}, or POST /v1/admin/sales/${sale.id}/live/rebuild`;
  return { log: `${log.reserved} tickets`, live: `${live}; to correct it: ${ways}` };
}

async function inPayments(about: About, what: string): Promise<Discrepancy> {
  const [orderId = ''] = about.orders;
  return { orderId, store: `${await inStore(orderId, about)}; ${what}` };
}

const ONE_ORDER = 'one order per ticket';
const ticketsOf = ({ total }: Sale) => `tickets 1 to ${total}`;
const limitOf = ({ perBuyerLimit }: Sale) => `at most ${perBuyerLimit} per buyer`;
const inTimeline = (tickets: number) => `${tickets} tickets in the timeline`;

/** What the queue says about a ticket. */
function placeOf({ ticket, snapshot }: About): string {
  const times = snapshot.queued.times[ticket] ?? 0;
  if (times === 0) return 'neither held nor available';
  return times === 1 ? AVAILABLE : `${AVAILABLE} ${times} times`;
}

/** What the queue's ledger says about an order. */
async function inLedger(orderId: string, { sale, ports }: About): Promise<string> {
  const held = await ports.queue.find(sale.id, orderId);
  if (held === undefined) return `order ${orderId} holds no ticket`;
  return `order ${orderId} of buyer ${held.userId} holds ${named(held.tickets)}`;
}

async function inStore(orderId: string, { ports }: About): Promise<string> {
  const order = await ports.store.order(orderId);
  if (order === undefined) return `no order ${orderId}`;
  return `order ${orderId} of buyer ${order.userId} has ${named(order.tickets)}, ${order.state}`;
}

/** Names the order of a discrepancy that is about one only. */
function onlyOf(orders: readonly string[]): Pick<Discrepancy, 'orderId'> {
  const [orderId] = orders;
  return orders.length === 1 && orderId !== undefined ? { orderId } : {};
}

/** The dead letters of a sale's orders, by order. */
async function lettersOf(saleId: string, log: DescribePorts['log']): Promise<ReadonlyMap<string, DeadLetter>> {
  const letters = new Map<string, DeadLetter>();
  for await (const letter of log.deadLetters()) {
    const { record } = letter;
    if (record?.type !== 'reservations' || record.saleId !== saleId) continue;
    for (const { orderId } of record.items) letters.set(orderId, letter);
  }
  return letters;
}

function named(tickets: readonly number[]): string {
  return `${tickets.length === 1 ? 'ticket' : 'tickets'} ${tickets.join(', ')}`;
}
