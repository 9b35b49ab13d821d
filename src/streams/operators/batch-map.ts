import { EMPTY, from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { stopWith } from './stop-with.ts';

export interface BatchMapLimits {
  /** Maximum number of items in a batch. */
  readonly size: number;
  /** Maximum number of batches in flight, over all keys. */
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
  /** Batches in flight. */
  readonly underWay: number;
  /** The current limits. */
  readonly concurrency: number;
  readonly capacity: number;
  /** Whether the next item would be refused. */
  readonly isFull: boolean;
}

/**
 * Maps batches of items, with natural batching: while all slots are taken the next batches fill, so batches are small
 * and prompt under light load and full under heavy load. Oldest batch first.
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
      interface Batch {
        readonly key: string;
        items: T[];
        next: Batch | undefined;
      }
      /** Waiting batches form a linked list: shifting an array takes time proportional to its length. */
      let oldest: Batch | undefined;
      let newest: Batch | undefined;
      /** For each key, the one waiting batch that has room. */
      const filling = new Map<string, Batch>();
      let depth = 0;
      let underWay = 0;
      let scheduled = false;
      let draining = false;
      let sourceDone = false;

      const add = (item: T) => {
        const key = keyOf(item);
        let batch = filling.get(key);
        if (batch === undefined) {
          batch = { key, items: [], next: undefined };
          filling.set(key, batch);
          if (newest === undefined) oldest = batch;
          else newest.next = batch;
          newest = batch;
        }
        batch.items.push(item);
        depth += 1;
        if (batch.items.length >= size) filling.delete(key);
      };

      const take = (batch: Batch): T[] => {
        const { key, items, next } = batch;
        // A finished batch must not retain references: promoted to the old generation, it would keep its items and all
        // later batches alive.
        batch.items = [];
        batch.next = undefined;
        oldest = next;
        if (oldest === undefined) newest = undefined;
        if (filling.get(key) === batch) filling.delete(key);
        depth -= items.length;
        return items;
      };

      const start = (batch: Batch) => {
        const items = take(batch);
        underWay += 1;
        from(project(items, batch.key))
          .pipe(stopWith(subscriber))
          .subscribe({
            next: (value) => subscriber.next(value),
            error: (error) => subscriber.error(error),
            complete: () => {
              underWay -= 1;
              drain();
            },
          });
      };

      const drain = () => {
        // The running loop continues by itself: a chain of synchronous batches must not grow the stack.
        if (draining) return;
        draining = true;
        try {
          while (!subscriber.closed && underWay < concurrency && oldest !== undefined) start(oldest);
        } catch (error) {
          subscriber.error(error);
        }
        draining = false;
        if (sourceDone && underWay === 0 && oldest === undefined) subscriber.complete();
      };

      const isFull = () => depth >= capacity;

      const admit = (item: T) => {
        if (isFull()) {
          subscriber.next(refuse(item));
          return;
        }
        add(item);
        if (underWay >= concurrency) return;
        // All slots can be filled, and a turn is long when thousands of sockets are ready: libuv polls for more of them
        // up to 48 times before it ends one. Less than that waits for the end of the turn: answering together is
        // cheaper.
        if (depth >= size * concurrency) drain();
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
          return depth;
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
