import { map, type Observable, Subject } from 'rxjs';
import { createIdSource } from '../../src/domain/ids.ts';
import type { ReservationsRecord } from '../../src/domain/log-record.ts';
import type { PurchaseOutcome } from '../../src/domain/purchase.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { ReserveItem, ReserveReply } from '../../src/ports/ticket-queue.ts';
import { Deadline } from '../../src/resilience/deadline.ts';
import { createPolicy, type PolicyOptions } from '../../src/resilience/policy.ts';
import type { AnsweredBatch, PurchaseOptions } from '../../src/streams/purchase/contract.ts';
import { purchase } from '../../src/streams/purchase/purchase.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import type { PromiseMarbles } from './promise-marbles.ts';
import { aSale } from './sales.ts';

/** A policy counts in real time, not in frames; these limits are never reached. */
const POLICY: PolicyOptions = {
  concurrency: 64,
  timeoutMs: 3_600_000,
  failureShare: 0.5,
  windowMs: 5000,
  minimumRps: 1_000_000,
  halfOpenAfterMs: 1000,
};

/** A capacity that no test reaches, and limits that fit into a diagram. */
const OPTIONS: PurchaseOptions = {
  batchSize: 3,
  concurrency: 8,
  capacity: 100,
  deadlineMs: 10,
  soldOutMs: 100,
  attempts: 0,
};

export interface PurchaseDiagrams extends Partial<PurchaseOptions> {
  /** A letter is a buyer who clicks, for `sale-1` in lower case and for `SALE-1` in upper case; `|` is the end. */
  readonly clicks: string;
  /** Letters that send an Idempotency-Key, with its text. */
  readonly keys?: Readonly<Record<string, string>>;
  /** How many tickets each letter asks for; one if it is not here. */
  readonly quantities?: Readonly<Record<string, number>>;
  /** How the ports answer. @default at once */
  readonly reserve?: string | readonly string[];
  readonly append?: string | readonly string[];
  readonly find?: string | readonly string[];
  readonly published?: string | readonly string[];
  /** From when on the log is writable (`y`) or not (`n`); at first it is. */
  readonly writable?: string;
  /** The error of the ports. */
  readonly fault?: unknown;
  /** Properties of the sales that differ from the default. */
  readonly sale?: Partial<Sale>;
  /** Whether the sales are in memory, or have to be read first. */
  readonly known?: boolean;
}

/**
 * The purchase stream on ports that answer by marbles, with a queue behind them that follows the port's rules. All lines
 * have short texts: a buyer is a letter, a batch its buyers, an order its buyer and ticket.
 */
export function purchaseMarbles(m: PromiseMarbles, diagrams: PurchaseDiagrams) {
  const {
    clicks,
    keys = {},
    quantities = {},
    reserve,
    append,
    find,
    published,
    writable = '',
    fault,
    sale: changes,
    known = true,
    ...options
  } = diagrams;
  const queue = new MemoryTicketQueue(m.clock.now);
  const sales = new Map(['sale-1', 'SALE-1'].map((id) => [id, aSale({ ...changes, id })]));
  for (const sale of sales.values()) void queue.load(sale);

  const reserving = m.port(
    (
      saleId: string,
      epoch: number,
      items: readonly ReserveItem[],
      maxAttempts?: number,
      maxEnded?: number,
    ): Promise<ReserveReply> => queue.reserve(saleId, epoch, items, maxAttempts, maxEnded),
    reserve ?? 'a|',
    fault,
  );
  const appending = m.port(async (_: ReservationsRecord) => undefined, append ?? 'a|', fault);
  const marking = m.port(
    (saleId: string, epoch: number, orderIds: readonly string[]) => queue.published(saleId, epoch, orderIds),
    published ?? 'a|',
    fault,
  );
  const finding = m.port(async (saleId: string) => sales.get(saleId), find ?? 'a|', fault);

  let isWritable = true;
  m.hot(writable).subscribe((letter) => {
    isWritable = letter === 'y';
  });

  const click$ = m.hot(clicks);
  const request$ = click$.pipe(
    map((letter) => ({
      saleId: letter === letter.toLowerCase() ? 'sale-1' : 'SALE-1',
      userId: letter,
      idempotencyKey: keys[letter],
      quantity: quantities[letter] ?? 1,
      requestId: letter,
      receivedAt: m.clock.monotonic(),
      respond: () => undefined,
    })),
  );
  const unmarked$ = new Subject<unknown>();
  const answered$: Observable<AnsweredBatch> = purchase(
    request$,
    {
      queue: { reserve: reserving, published: marking },
      log: { append: appending, writable: () => isWritable },
      sales: {
        known: (saleId) => (known ? sales.get(saleId) : undefined),
        find: finding,
        forget: () => undefined,
        observe: () => undefined,
      },
      newId: createIdSource({ node: 1, now: m.clock.now }),
      clock: m.clock,
      policies: { queue: createPolicy('queue', POLICY), log: createPolicy('log', POLICY) },
      deadline: new Deadline(m.clock, options.deadlineMs ?? OPTIONS.deadlineMs),
    },
    { ...OPTIONS, schedule: m.endOfTurn, onUnmarked: (error) => unmarked$.next(error), ...options },
  );

  return {
    queue,
    click$,
    /** A text for each batch, such as `a1 b2 c:soldOut`. */
    answered$: answered$.pipe(
      map(({ requests, outcomes }) =>
        requests.map(({ userId }, i) => userId + textOf(outcomes[i] as PurchaseOutcome)).join(' '),
      ),
    ),
    /** The buyers of each call. */
    reserve$: reserving.calls$.pipe(map(([, , items]) => items.map(({ userId }) => userId).join(''))),
    /** The orders of each record. */
    append$: appending.calls$.pipe(
      map(([{ items }]) => items.map(({ userId, tickets }) => userId + tickets).join(' ')),
    ),
    /** The number of orders of each call. */
    published$: marking.calls$.pipe(map(([, , orderIds]) => orderIds.length)),
    /** Why reservations could not be marked as published. */
    unmarked$,
  };
}

function textOf(outcome: PurchaseOutcome): string {
  if (!('order' in outcome)) return `:${outcome.kind}`;
  const { tickets } = outcome.order;
  return outcome.kind === 'replayed' ? `:again${tickets}` : String(tickets);
}
