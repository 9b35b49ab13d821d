import { asyncScheduler, EMPTY, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import { stopWith } from './stop-with.ts';

export interface BatchByLimits {
  /** A batch is emitted when its items weigh this much or more. */
  readonly size: number;
  /** Milliseconds after its first item a batch is emitted, however light. */
  readonly ms: number;
}

export interface BatchByOptions<T> extends BatchByLimits {
  /** Other limits from now on, each time; the batch that fills keeps its time. */
  readonly limits$?: Observable<BatchByLimits>;
  /** What an item weighs. @default 1 */
  readonly weigh?: (item: T) => number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Collects items into batches, by weight or age, whichever comes first.
 *
 * Unlike `bufferTime(ms, null, size)` it never emits an empty batch, has a timer only while a batch fills, keeps what
 * is emitted during its own flush, and emits what it holds before an error
 * (https://github.com/ReactiveX/rxjs/issues/2601 and neighbours).
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
        // Swapped before it is emitted: the subscriber may make the source emit again from within.
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
          // Also when the subscriber has left: its timer goes with it.
          flush();
          subscriber.complete();
        },
      });
    });
}
