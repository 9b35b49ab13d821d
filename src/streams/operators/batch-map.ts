import { EMPTY, from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { stopWith } from './stop-with.ts';

export interface BatchMapLimits {
  /** Items in a batch at the most. */
  readonly size: number;
  /** Batches under way at the most, over all keys. */
  readonly concurrency: number;
  /** Items waiting at the most, over all keys; one more is refused. */
  readonly capacity: number;
}

export interface BatchMapOptions<T, R> extends BatchMapLimits {
  /** Items of one batch share the key. */
  readonly keyOf: (item: T) => string;
  /**
   * Other limits from now on, each time. What is under way or waits is not cut: lower limits are reached as it drains, and
   * a batch that fills keeps what it has.
   */
  readonly limits$?: Observable<BatchMapLimits>;
  /** What an item that finds no room comes to, at once. */
  readonly refuse: (item: T) => R;
  /**
   * Runs a task at the end of the turn, so that all that arrives within the turn shares a batch.
   * @default setImmediate
   */
  readonly schedule?: (task: () => void) => void;
  /** Given, with each subscription, its load, which is as of the moment it is read. */
  readonly onSubscribe?: (load: BatchLoad) => void;
}

export interface BatchLoad {
  /** Items that wait for a batch. */
  readonly waiting: number;
  /** Batches under way. */
  readonly underWay: number;
  /** The limits in force. */
  readonly concurrency: number;
  readonly capacity: number;
  /** Whether the next item would be refused. */
  readonly isFull: boolean;
}

/**
 * Maps batches of items, with natural batching: while all slots are taken the next batches fill, so that they are small
 * and prompt under little load and full under much. Oldest batch first.
 *
 * Unlike `mergeMap` it holds a bounded number of items: what does not fit is refused in the same call (RxJS can't slow
 * its source down). It stays flat for inner observables that complete synchronously, however many wait.
 *
 * Completes when the source has and every batch is done. An error of the source or of a batch, or what one of the
 * functions throws, ends it at once: a `project` that must not end the stream returns an outcome instead.
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
      /** The waiting batches are a linked list: shifting an array takes as long as it is. */
      let oldest: Batch | undefined;
      let newest: Batch | undefined;
      /** At most one waiting batch a key has room. */
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
        // One that is done must not hold what it held: dead but old it would keep that alive, and with it all that came behind it.
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
        // The loop that runs already goes on by itself: a chain of synchronous batches must not grow the stack.
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
        // All slots can be filled, and a turn is long when thousands of sockets are ready: libuv looks for more of them 48
        // times before it ends one. Less than that waits for its end: answers are cheaper together.
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
          // There may be room for what waits; what came in this very turn still gets company.
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
