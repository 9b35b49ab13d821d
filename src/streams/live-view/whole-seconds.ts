import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import type { Clock } from '../../ports/clock.ts';
import { stopWith } from '../operators/stop-with.ts';
import type { CountedChunk } from './counted.ts';
import { HeldEntries, type PartitionBatch } from './held-entries.ts';

export interface WholeSecondsOptions {
  /** Entries that are held at the most; all are emitted once there are as many. */
  readonly size: number;
  /** Entries are emitted at the end of each period of the wall clock, milliseconds. */
  readonly periodMs: number;
  /** How long after the end of a period, milliseconds: its last reservations are still on their way through the log. */
  readonly marginMs: number;
  readonly clock: Pick<Clock, 'now'>;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Collects entries of the log until the second of their reservations is over, so that the live state has to write each
 * second of a sale once, as a new document or row, and not again and again. An entry waits for two ends of a period at the
 * most, whatever its time. What is held is emitted before the end and before an error.
 */
export function wholeSeconds(options: WholeSecondsOptions): OperatorFunction<CountedChunk, readonly PartitionBatch[]> {
  const { size, periodMs, marginMs, clock, scheduler = asyncScheduler } = options;

  return (source$) =>
    new Observable<readonly PartitionBatch[]>((subscriber) => {
      const held = new HeldEntries();
      let timer: Subscription | undefined;
      let timed = false;

      const emit = (batches: readonly PartitionBatch[]) => {
        if (batches.length > 0) subscriber.next(batches);
      };

      const flush = () => {
        timer?.unsubscribe();
        timed = false;
        emit(held.takeAll());
      };

      const endPeriod = () => {
        timed = false;
        emit(held.takeBefore(Math.floor(clock.now() / 1000)));
        if (held.size > 0) awaitEnd();
      };

      const awaitEnd = () => {
        if (timed) return;
        // Set first: a scheduler may flush before it returns the timer.
        timed = true;
        timer = scheduler.schedule(endPeriod, periodMs - (clock.now() % periodMs) + marginMs);
      };

      source$.pipe(stopWith(subscriber)).subscribe({
        next: (chunk) => {
          held.add(chunk);
          if (held.size >= size) flush();
          else awaitEnd();
        },
        error: (error) => {
          flush();
          subscriber.error(error);
        },
        complete: () => {
          // Also if the subscriber has unsubscribed: this cancels its timer.
          flush();
          subscriber.complete();
        },
      });
    });
}
