import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';

export interface BatchMapOptions<T, R> {
  /** Items of one batch share the key. */
  readonly keyOf: (item: T) => string;
  /** Items in a batch at the most. */
  readonly size: number;
  /** Batches under way at the most, over all keys. */
  readonly concurrency: number;
  /** Items waiting at the most, over all keys; one more is refused. */
  readonly capacity: number;
  /** What an item that finds no room comes to, at once. */
  readonly refuse: (item: T) => R;
  /**
   * Runs a task at the end of the turn, so that all that arrives within the turn shares a batch.
   * @default setImmediate
   */
  readonly schedule?: (task: () => void) => void;
  /** Told the number of waiting items after each change by a whole batch. */
  readonly onDepth?: (waiting: number) => void;
}

/**
 * Maps batches of items, with natural batching: while all slots are taken the next batches fill, so that they are small
 * and prompt under little load and full under much. Oldest batch first.
 *
 * Unlike `mergeMap` it holds a bounded number of items: what does not fit is refused in the same call (RxJS can't slow
 * its source down). It stays flat for inner observables that complete synchronously, however many wait.
 *
 * Completes when the source has and every batch is done; an error of the source or of a batch ends it at once, so a
 * `project` that must not end the stream returns an outcome instead.
 */
export function batchMap<T, R>(
  project: (items: readonly T[], key: string) => ObservableInput<R>,
  options: BatchMapOptions<T, R>,
): OperatorFunction<T, R> {
  const { keyOf, size, concurrency, capacity, refuse, schedule = setImmediate, onDepth } = options;

  return (source$) =>
    new Observable<R>((subscriber) => {
      interface Batch {
        readonly key: string;
        readonly items: T[];
      }
      /** Oldest first. At most one batch a key has room, and `filling` names it. */
      const waiting: Batch[] = [];
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
          batch = { key, items: [] };
          filling.set(key, batch);
          waiting.push(batch);
        }
        batch.items.push(item);
        depth += 1;
        if (batch.items.length >= size) filling.delete(key);
      };

      const take = (): Batch => {
        const batch = waiting.shift() as Batch;
        if (filling.get(batch.key) === batch) filling.delete(batch.key);
        depth -= batch.items.length;
        onDepth?.(depth);
        return batch;
      };

      const start = ({ key, items }: Batch) => {
        underWay += 1;
        let inner$: Observable<R>;
        try {
          inner$ = from(project(items, key));
        } catch (error) {
          subscriber.error(error);
          return;
        }
        const inner = inner$.subscribe({
          next: (value) => subscriber.next(value),
          error: (error) => subscriber.error(error),
          complete: () => {
            underWay -= 1;
            // The loop below goes on by itself: a chain of synchronous batches must not grow the stack.
            if (!draining) drain();
          },
        });
        if (!inner.closed) {
          subscriber.add(inner);
          inner.add(() => subscriber.remove(inner));
        }
      };

      const drain = () => {
        draining = true;
        while (!subscriber.closed && underWay < concurrency && waiting.length > 0) start(take());
        draining = false;
        if (sourceDone && underWay === 0 && waiting.length === 0) subscriber.complete();
      };

      subscriber.add(
        source$.subscribe({
          next: (item) => {
            if (depth >= capacity) {
              subscriber.next(refuse(item));
              return;
            }
            add(item);
            if (scheduled || underWay >= concurrency) return;
            scheduled = true;
            schedule(() => {
              scheduled = false;
              if (!subscriber.closed) drain();
            });
          },
          error: (error) => subscriber.error(error),
          complete: () => {
            sourceDone = true;
            drain();
          },
        }),
      );
    });
}
