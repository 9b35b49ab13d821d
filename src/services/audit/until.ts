import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

export interface Patience {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly patienceMs: number;
}

/** How often is looked again. */
const EVERY_MS = 50;

/** Looks until it is as it should be, or there is no patience left; gives what was seen last. */
export async function until<Seen>(
  look: () => Promise<Seen>,
  isGood: (seen: Seen) => boolean,
  { clock, patienceMs }: Patience,
): Promise<Seen> {
  const end = clock.monotonic() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isGood(seen) || clock.monotonic() >= end) return seen;
    await delay(EVERY_MS);
  }
}
