import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import type { Clock } from '../../ports/clock.ts';
import { stopWith } from '../operators/stop-with.ts';
import type { CountedChunk } from './counted.ts';
import { HeldEntries, type PartitionBatch } from './held-entries.ts';

export interface WholeSecondsOptions {
  /** Entries that are held at the most; all are emitted once there are as many. */
  readonly size: number;
  /** How long after the end of a second its entries are emitted, milliseconds: some are still on their way through the log. */
  readonly marginMs: number;
  /** All entries are emitted once none has arrived for so long, or up to twice as long; milliseconds. */
  readonly quietMs: number;
  readonly clock: Pick<Clock, 'now'>;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Collects entries of the log until the second of their reservations is over, so that the live state has to write each
 * second of a sale once, as a new document or row, and not again and again. An entry waits for two ends of a second at the
 * most, whatever its time, and no longer than the log is busy. What is held is emitted before the end and before an error.
 */
export function wholeSeconds(options: WholeSecondsOptions): OperatorFunction<CountedChunk, readonly PartitionBatch[]> {
  const { size, marginMs, quietMs, clock, scheduler = asyncScheduler } = options;

  return (source$) =>
    new Observable<readonly PartitionBatch[]>((subscriber) => {
      const held = new HeldEntries();
      let timer: Subscription | undefined;
      let timed = false;
      let isQuiet = true;
      /** The second, since 1970, whose entries are not emitted yet. */
      let second = 0;

      const emit = (batches: readonly PartitionBatch[]) => {
        if (batches.length > 0) subscriber.next(batches);
      };

      const flush = () => {
        timer?.unsubscribe();
        timed = false;
        emit(held.takeAll());
      };

      const look = () => {
        timed = false;
        const now = clock.now();
        if (isQuiet) emit(held.takeAll());
        else if (secondAt(now - marginMs) !== second) {
          second = secondAt(now - marginMs);
          emit(held.takeBefore(secondAt(now)));
        }
        isQuiet = true;
        if (held.size > 0) lookLater();
      };

      const lookLater = () => {
        if (timed) return;
        // Set first: a scheduler may look before it returns the timer.
        timed = true;
        timer = scheduler.schedule(look, quietMs);
      };

      source$.pipe(stopWith(subscriber)).subscribe({
        next: (chunk) => {
          if (held.size === 0) second = secondAt(clock.now() - marginMs);
          held.add(chunk);
          isQuiet = false;
          if (held.size >= size) flush();
          else lookLater();
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

/** Seconds since 1970, of a time in milliseconds. */
function secondAt(ms: number): number {
  return Math.floor(ms / 1000);
}
