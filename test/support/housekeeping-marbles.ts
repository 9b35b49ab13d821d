import { filter, map, type Observable, Subject, share } from 'rxjs';
import { orderOf, type ReservationsRecord } from '../../src/domain/log-record.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import type { RefundDue } from '../../src/ports/order-payments.ts';
import type { EndState } from '../../src/ports/order-store.ts';
import type { ForfeitedOrder } from '../../src/ports/ticket-queue.ts';
import {
  type DeadlineOptions,
  type DeadlineResult,
  housekeeping,
} from '../../src/streams/housekeeping/housekeeping.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import { newOrder } from './orders.ts';
import type { PromiseMarbles } from './promise-marbles.ts';
import { aSale } from './sales.ts';

type Diagram = string | readonly string[];

/** How each port answers, at once by default. Store and queue do their work at the letter. */
export interface HousekeepingDiagrams {
  readonly ticks: string;
  /** By sale: a letter for each order, at the frame in which it expires. */
  readonly due: Readonly<Record<string, string>>;
  readonly sales?: Diagram;
  readonly look?: Diagram;
  readonly transition?: Diagram;
  readonly release?: Diagram;
  readonly forfeit?: Diagram;
  readonly returned?: Diagram;
  readonly stock?: Diagram;
  readonly owed?: Diagram;
  readonly refund?: Diagram;
  readonly refunded?: Diagram;
  readonly reserve?: Diagram;
  readonly append?: Diagram;
  /** Whether no worker stores what is appended. */
  readonly withoutWorker?: boolean;
  readonly rebooked?: Diagram;
  /** Sales whose queue is unavailable. */
  readonly unavailable?: readonly string[];
  /** @default the virtual clock */
  readonly clock?: Clock;
  readonly options?: Partial<DeadlineOptions>;
}

const START = new ManualClock().now();

/** The housekeeping stream on fakes that follow the ports' rules; order ids are the letters of the diagrams. */
export function housekeepingMarbles(
  m: PromiseMarbles,
  { ticks, due, options = {}, unavailable = [], clock = m.clock, ...answers }: HousekeepingDiagrams,
) {
  const store = new MemoryOrderStore();
  const queue = new MemoryTicketQueue(m.clock.now);
  const sales = Object.entries(due).map(([id, diagram]) => {
    const letters = [...diagram.replaceAll(' ', '')]
      .map((letter, frame) => ({ letter, frame }))
      .filter(({ letter }) => letter !== '-');
    const sale = aSale({ id, total: letters.length });
    const orders = letters.map(({ letter, frame }, n) =>
      newOrder({ id: letter, saleId: id, tickets: [n + 1], userId: letter, payBy: START + frame }),
    );
    const items = letters.map(({ letter }) => ({
      orderId: letter,
      userId: letter,
      key: letter,
      fingerprint: '{}',
      quantity: 1,
    }));
    void queue.load(sale);
    if (items.length > 0) void queue.reserve(id, sale.epoch, items);
    void store.store({ group: 'test', positions: [], orders });
    return sale;
  });

  const changed = new Map<string, Sale>();
  const looking = m.port((id: string, now: number, limit: number) => store.due(id, now, limit), answers.look ?? 'a|');
  const moving = m.port(
    (to: EndState, ids: readonly string[], at: number) => store.transition(to, ids, at),
    answers.transition ?? 'a|',
  );
  const releasing = m.port(
    async (id: string, ids: readonly string[]) => queue.release(id, ids),
    answers.release ?? 'a|',
  );
  const forfeiting = m.port(
    (id: string, orders: readonly ForfeitedOrder[]) => queue.forfeit(id, orders),
    answers.forfeit ?? 'a|',
  );
  const failing = m.port(async (_id: string, ids: readonly string[]) => ids, '#');
  const returning = m.port((ids: readonly string[]) => store.returned(ids), answers.returned ?? 'a|');
  const stocking = m.port((id: string) => queue.stock(id), answers.stock ?? 'a|');
  const owing = m.port((limit: number) => store.owedTickets(limit), answers.owed ?? 'a|');
  const refunding = m.port(async (_paymentId: string) => undefined, answers.refund ?? 'a|');
  const settling = m.port(
    (due: Pick<RefundDue, 'id' | 'kind'>, at: number) => store.refunded(due, at),
    answers.refunded ?? 'a|',
  );
  const reserving = m.port(
    (...[id, epoch, items]: Parameters<typeof queue.reserve>) => queue.reserve(id, epoch, items),
    answers.reserve ?? 'a|',
  );
  // A worker has stored it by then, unless the test does.
  const appending = m.port(async (record: ReservationsRecord) => {
    const orders = record.items.map((item) => ({ order: orderOf(record, item), key: item.key }));
    if (!answers.withoutWorker) await store.store({ group: 'test', positions: [], orders });
  }, answers.append ?? 'a|');
  const recording = m.port(
    (...[paymentId, orderId, at]: Parameters<typeof store.rebooked>) => store.rebooked(paymentId, orderId, at),
    answers.rebooked ?? 'a|',
  );
  let ids = 0;
  const listing = m.port(async () => sales, answers.sales ?? 'a|');
  const events$ = new Subject<BusEvent>();
  const tick$ = m.hot(ticks);

  const result$ = housekeeping(
    tick$,
    {
      store: {
        due: looking,
        transition: moving,
        returned: returning,
        owedTickets: owing,
        refundsDue: (limit) => store.refundsDue(limit),
        refunded: settling,
        rebookingsDue: (limit) => store.rebookingsDue(limit),
        rebooked: recording,
        notRebooked: (paymentId) => store.notRebooked(paymentId),
      },
      queue: {
        release: (id, ids) => (unavailable.includes(id) ? failing(id, ids) : releasing(id, ids)),
        forfeit: forfeiting,
        stock: stocking,
        reserve: reserving,
        published: (...call) => queue.published(...call),
      },
      log: { append: appending },
      sale: async (saleId) => changed.get(saleId) ?? sales.find(({ id }) => id === saleId),
      newId: async () => {
        ids += 1;
        return `N${ids}`;
      },
      payments: { refund: ({ paymentId }) => refunding(paymentId) },
      events: { publish: (item) => events$.next(item) },
      sales: listing,
      clock,
    },
    {
      batchSize: 2,
      salesAtOnce: 2,
      pauseFactor: 1,
      maxPauseMs: 100,
      faultPauseMs: 4,
      refundsAtOnce: 1,
      rebookWithinSeconds: 60,
      scheduler: m.scheduler,
      ...options,
    },
  ).pipe(share());
  return {
    store,
    queue,
    tick$,
    result$,
    /** The results of one step, without its name. */
    of: (step: DeadlineResult['step']): Observable<unknown> =>
      result$.pipe(
        filter((result) => result.step === step),
        map(({ step: _, ...rest }) => rest),
      ),
    sales$: listing.calls$.pipe(map(() => 's')),
    look$: looking.calls$.pipe(map(([saleId]) => saleId)),
    transition$: moving.calls$.pipe(map(([, ids]) => ids.join(''))),
    release$: releasing.calls$.pipe(map(([, ids]) => ids.join(''))),
    forfeit$: forfeiting.calls$.pipe(
      map(([, orders]) => orders.map(({ orderId, tickets }) => orderId + tickets).join('')),
    ),
    returned$: returning.calls$.pipe(map(([ids]) => ids.join(''))),
    sale: (saleId: string) => sales.find(({ id }) => id === saleId) as Sale,
    /** What the catalogue has in place of each sale from now on. */
    change: (edit: (sale: Sale) => Sale) => sales.forEach((sale) => void changed.set(sale.id, edit(sale))),
    append$: appending.calls$.pipe(map(([{ items }]) => items.map(({ orderId }) => orderId).join())),
    reserve$: reserving.calls$.pipe(map(([, , items]) => items.map(({ key }) => key).join())),
    refund$: refunding.calls$.pipe(map(([paymentId]) => paymentId)),
    orders$: events$.pipe(
      filter((item) => item.type === 'orders'),
      map(({ orders }) => orders.map(({ id, state }) => `${id} ${state}`).join()),
    ),
    stock$: events$.pipe(
      filter((item) => item.type === 'stock'),
      map(({ saleId, stock }) => `${saleId} ${stock.remaining}`),
    ),
  };
}
