import { asyncScheduler, EMPTY, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import { stopWith } from './stop-with.ts';

export interface BatchByLimits {
  /** A batch is emitted once its items weigh this much or more. */
  readonly size: number;
  /** A batch is emitted this many milliseconds after its first item, however light. */
  readonly ms: number;
}

export interface BatchByOptions<T> extends BatchByLimits {
  /** New limits, from each emission on; the timer of the batch being filled is not changed. */
  readonly limits$?: Observable<BatchByLimits>;
  /** Weight of an item. @default 1 */
  readonly weigh?: (item: T) => number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Collects items into batches, by weight or age, whichever comes first.
 *
 * Unlike `bufferTime(ms, null, size)` it never emits an empty batch, has a timer only while a batch fills, keeps items
 * emitted during its own flush, and emits what it holds before an error (https://github.com/ReactiveX/rxjs/issues/2601
 * and related issues).
 */
export function batchBy<T>(options: BatchByOptions<T>): OperatorFunction<T, readonly T[]> {
  const { limits$ = EMPTY, weigh = () => 1, scheduler = asyncScheduler } = options;

  return (source$) =>
    new Observable<readonly T[]>((subscriber) => {
      let { size, ms } = options;
      let items: T[] = [];
      let weight = 0;
      let timer: Subscription | undefined;
      let timed = false;

      const flush = () => {
        timer?.unsubscribe();
        timed = false;
        if (items.length === 0) return;
        // Swapped before emission: the subscriber may make the source emit again reentrantly.
        const full = items;
        items = [];
        weight = 0;
        subscriber.next(full);
      };

      const collect = (item: T) => {
        weight += weigh(item);
        items.push(item);
        if (weight >= size) {
          flush();
        } else if (!timed) {
          // Set first: a scheduler may flush before it returns the timer.
          timed = true;
          timer = scheduler.schedule(flush, ms);
        }
      };

      const fail = (error: unknown) => {
        flush();
        subscriber.error(error);
      };

      limits$.pipe(stopWith(subscriber)).subscribe({
        next: (limits) => {
          ({ size, ms } = limits);
        },
        error: fail,
      });
      source$.pipe(stopWith(subscriber)).subscribe({
        next: (item) => {
          try {
            collect(item);
          } catch (error) {
            fail(error);
          }
        },
        error: fail,
        complete: () => {
          // Also if the subscriber has unsubscribed: this cancels its timer.
          flush();
          subscriber.complete();
        },
      });
    });
}
