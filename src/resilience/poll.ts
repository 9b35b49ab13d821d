import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';
import type { Timers } from '../ports/timers.ts';

export interface PollOptions<T> {
  /** Whether a value ends the polling. */
  readonly until: (value: T) => boolean;
  /** Pause between reads, milliseconds. */
  readonly everyMs: number;
  /** After this long the last value is returned even if it does not match, milliseconds. @default unlimited */
  readonly forMs?: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** @default the event loop's timers */
  readonly wait?: Timers['wait'];
  /** Ends the polling at its next step; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Reads repeatedly until a value matches, and returns the last one read. Errors: those of `read`, the signal's reason.
 */
export async function poll<T>(
  read: () => Promise<T>,
  { until, everyMs, forMs = Number.POSITIVE_INFINITY, clock, wait = (ms) => delay(ms), signal }: PollOptions<T>,
): Promise<T> {
  const end = clock.monotonic() + forMs;
  for (;;) {
    const value = await read();
    if (until(value) || clock.monotonic() >= end) return value;
    await wait(everyMs);
    signal?.throwIfAborted();
  }
}
