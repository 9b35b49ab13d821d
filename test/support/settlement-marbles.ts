import { map, Observable, Subject } from 'rxjs';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import type { DeadLetter, LogChunk } from '../../src/ports/order-log.ts';
import type { NewOrder, StoreBatch } from '../../src/ports/order-store.ts';
import { createFences } from '../../src/streams/settlement/fences.ts';
import { type SettlementOptions, settlement } from '../../src/streams/settlement/settlement.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';
import { aBrokenEntry, aFence, aRecord } from './log-chunks.ts';
import type { PromiseMarbles } from './promise-marbles.ts';
import { aSale } from './sales.ts';

export interface SettlementDiagrams extends Partial<SettlementOptions> {
  /** A letter is a chunk of one entry: two orders in lower case, an unreadable record in upper case. */
  readonly chunks: string;
  /** How these chunks differ from the default: partition 0, the sale's epoch, orders. */
  readonly unlike?: Readonly<
    Record<string, { readonly partition?: number; readonly epoch?: number; readonly fence?: number }>
  >;
  /** Chunks that the log emits before the first is acknowledged. */
  readonly maxInFlight?: number;
  /** How the ports answer. @default at once */
  readonly store?: string | readonly string[];
  readonly deadLetter?: string | readonly string[];
  /** The error of the ports. */
  readonly fault?: unknown;
}

/**
 * The settlement stream on ports that answer by marbles, with a store behind them that follows the port's rules, and a log
 * that limits the chunks in flight. All lines consist of the letters of chunks.
 */
export function settlementMarbles(m: PromiseMarbles, diagrams: SettlementDiagrams) {
  const { chunks, unlike = {}, maxInFlight = 100, store, deadLetter, fault, ...options } = diagrams;
  const letters: readonly string[] = chunks.replaceAll(/\d+ms /g, '').match(/[a-z]/gi) ?? [];
  const memory = new MemoryOrderStore();
  const fences = createFences(memory, 'settlement');
  const storing = m.port((batch: StoreBatch) => memory.store(batch), store ?? 'a|', fault);
  const settingAside = m.port(async (_: DeadLetter) => undefined, deadLetter ?? 'a|', fault);
  const ack$ = new Subject<string>();
  const events$ = new Subject<BusEvent>();
  const read$ = new Subject<string>();

  /** The position in the diagram is the offset; the tickets follow from it, and it from them. */
  const chunkOf = (letter: string): LogChunk => {
    const offset = letters.indexOf(letter);
    const { partition = 0, epoch = aSale().epoch, fence: fenceEpoch } = unlike[letter] ?? {};
    const entry = () => {
      if (letter < 'a') return aBrokenEntry(offset);
      if (fenceEpoch !== undefined) return aFence(offset, fenceEpoch);
      return { offset, record: aRecord([2 * offset + 1, 2 * offset + 2], { epoch }) };
    };
    return { partition, entries: [entry()], ack: () => ack$.next(letter) };
  };
  const letterOf = (ticket: number) => letters[Math.floor((ticket - 1) / 2)];
  const lettersOf = (orders: readonly NewOrder[]) =>
    [...new Set(orders.map(({ order }) => letterOf(order.tickets[0] as number)))].join('');

  const written$ = m.hot(chunks);
  const chunk$ = new Observable<LogChunk>((subscriber) => {
    const written: string[] = [];
    let inFlight = 0;
    const read = () => {
      while (inFlight < maxInFlight && written.length > 0) {
        const letter = written.shift() as string;
        inFlight += 1;
        read$.next(letter);
        subscriber.next(chunkOf(letter));
      }
    };
    const acked = ack$.subscribe(() => {
      inFlight -= 1;
      m.endOfTurn(read);
    });
    const writing = written$.subscribe({
      next: (letter) => {
        written.push(letter);
        read();
      },
      complete: () => subscriber.complete(),
    });
    return () => {
      acked.unsubscribe();
      writing.unsubscribe();
    };
  });

  const settled$ = settlement(
    chunk$,
    {
      store: { store: storing },
      log: { deadLetter: settingAside },
      fences,
      events: { publish: (item) => events$.next(item) },
    },
    {
      group: 'settlement',
      batchSize: 4,
      batchMs: 5,
      maxAttempts: 2,
      // Waits of 4, 7, and then 8 frames.
      backoff: { baseMs: 2, capMs: 8, random: () => 0.5 },
      scheduler: m.scheduler,
      ...options,
    },
  );

  return {
    written$,
    /** The result of each batch, such as `2 stored`, or `2 stored 1 dead`. */
    settled$: settled$.pipe(
      map(
        ({ stored, rejected, deadLettered }) =>
          `${stored} stored${rejected.length === 0 ? '' : ` ${rejected.length} rejected`}` +
          `${deadLettered === 0 ? '' : ` ${deadLettered} dead`}`,
      ),
    ),
    /** The chunks whose orders each call stores; empty for a call that only advances the position. */
    store$: storing.calls$.pipe(map(([{ orders }]) => lettersOf(orders))),
    /** The chunks whose orders each call rejects, and the fences that it stores, such as `bc f@2`. */
    refused$: storing.calls$.pipe(
      map(([{ fenced = [], fences = [] }]) =>
        [lettersOf(fenced), ...fences.map(({ partition, offset }) => `${letters[offset]}@${partition}`)]
          .join(' ')
          .trim(),
      ),
    ),
    /** The tickets of the ended orders that are published to the buyers. */
    ended$: events$.pipe(
      map((item) => (item.type === 'orders' ? item.orders.map(({ tickets }) => tickets).join() : '')),
    ),
    memory,
    fences,
    aside$: settingAside.calls$.pipe(map(([{ offset }]) => letters[offset])),
    ack$,
    /** When the log emits a chunk. */
    read$,
  };
}
