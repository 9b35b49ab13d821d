import { EMPTY, from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { stopWith } from './stop-with.ts';
import { WaitingBatches } from './waiting-batches.ts';

export interface BatchMapLimits {
  /** Maximum number of items in a batch, and in the batches of one slot. */
  readonly size: number;
  /** Number of slots. Batches of several keys share a slot; it is free again when all of them are done. */
  readonly concurrency: number;
  /** Maximum number of items waiting, over all keys; a further one is refused. */
  readonly capacity: number;
}

export interface BatchMapOptions<T, R> extends BatchMapLimits {
  /** All items of a batch have the same key. */
  readonly keyOf: (item: T) => string;
  /**
   * New limits, from each emission on. Batches in flight and waiting items are kept: lower limits are reached as they
   * drain, and a batch being filled keeps its items.
   */
  readonly limits$?: Observable<BatchMapLimits>;
  /** The result for an item that exceeds the capacity, emitted at once. */
  readonly refuse: (item: T) => R;
  /**
   * Runs a task at the end of the event-loop turn, so that all items that arrive within the turn share a batch.
   * @default setImmediate
   */
  readonly schedule?: (task: () => void) => void;
  /** Called with the load of each subscription; its properties are read live. */
  readonly onSubscribe?: (load: BatchLoad) => void;
}

export interface BatchLoad {
  /** Items that wait for a slot. */
  readonly waiting: number;
  /** Slots that are taken. */
  readonly underWay: number;
  /** The current limits. */
  readonly concurrency: number;
  readonly capacity: number;
  /** Whether the next item would be refused. */
  readonly isFull: boolean;
}

/**
 * Maps batches of items, with natural batching: while all slots are taken the next batches fill, so batches are small
 * and prompt under light load and full under heavy load. Oldest batch first. A slot takes small batches of many keys, or
 * many keys would share a few slots in turns, each nearly empty.
 *
 * Unlike `mergeMap` it holds a bounded number of items: an item beyond the capacity is refused synchronously (RxJS
 * can't slow its source down). The stack stays flat for inner observables that complete synchronously, however many
 * batches wait.
 *
 * Completes when the source has completed and every batch is done. An error of the source or of a batch, or one thrown
 * by one of the functions, ends it at once: a `project` that must not end the stream returns an outcome instead.
 */
export function batchMap<T, R>(
  project: (items: readonly T[], key: string) => ObservableInput<R>,
  options: BatchMapOptions<T, R>,
): OperatorFunction<T, R> {
  const { keyOf, refuse, limits$ = EMPTY, schedule = setImmediate, onSubscribe } = options;

  return (source$) =>
    new Observable<R>((subscriber) => {
      let { size, concurrency, capacity } = options;
      const waiting = new WaitingBatches<T>();
      let underWay = 0;
      let scheduled = false;
      let draining = false;
      let sourceDone = false;

      /** Takes a slot for the oldest batches. */
      const start = () => {
        let room = size;
        // One for this loop, so that the slot is not free before it ends.
        let open = 1;
        const complete = () => {
          open -= 1;
          if (open > 0) return;
          underWay -= 1;
          drain();
        };
        underWay += 1;
        do {
          const key = waiting.oldestKey as string;
          const items = waiting.takeOldest();
          room -= items.length;
          open += 1;
          from(project(items, key))
            .pipe(stopWith(subscriber))
            .subscribe({
              next: (value) => subscriber.next(value),
              error: (error) => subscriber.error(error),
              complete,
            });
        } while (!subscriber.closed && waiting.depth > 0 && waiting.oldestSize <= room);
        complete();
      };

      const drain = () => {
        // The running loop continues by itself: a chain of synchronous batches must not grow the stack.
        if (draining) return;
        draining = true;
        try {
          while (!subscriber.closed && underWay < concurrency && waiting.depth > 0) start();
        } catch (error) {
          subscriber.error(error);
        }
        draining = false;
        if (sourceDone && underWay === 0 && waiting.depth === 0) subscriber.complete();
      };

      const isFull = () => waiting.depth >= capacity;

      const admit = (item: T) => {
        if (isFull()) {
          subscriber.next(refuse(item));
          return;
        }
        waiting.add(keyOf(item), item, size);
        if (underWay >= concurrency) return;
        // All slots can be filled, and a turn is long when thousands of sockets are ready: libuv polls for more of them
        // up to 48 times before it ends one. Less than that waits for the end of the turn: answering together is
        // cheaper.
        if (waiting.depth >= size * concurrency) drain();
        else scheduleDrain();
      };

      const scheduleDrain = () => {
        if (scheduled) return;
        scheduled = true;
        schedule(() => {
          scheduled = false;
          drain();
        });
      };

      onSubscribe?.({
        get waiting() {
          return waiting.depth;
        },
        get underWay() {
          return underWay;
        },
        get concurrency() {
          return concurrency;
        },
        get capacity() {
          return capacity;
        },
        get isFull() {
          return isFull();
        },
      });
      limits$.pipe(stopWith(subscriber)).subscribe({
        next: (limits) => {
          ({ size, concurrency, capacity } = limits);
          // There may be room for waiting items; items of the current turn still wait for its end.
          if (!scheduled) drain();
        },
        error: (error) => subscriber.error(error),
      });
      source$.pipe(stopWith(subscriber)).subscribe({
        next: (item) => {
          try {
            admit(item);
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          sourceDone = true;
          drain();
        },
      });
    });
}
