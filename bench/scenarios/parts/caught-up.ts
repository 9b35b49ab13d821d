import { setTimeout as delay } from 'node:timers/promises';

export interface CaughtUpOptions {
  readonly pollMs?: number;
  /** What has not grown for so long has stopped. */
  readonly stalledMs?: number;
}

const defaults = { pollMs: 25, stalledMs: 20_000 } as const satisfies CaughtUpOptions;

/** Pause between two counts, as a multiple of how long the last one took. */
const PAUSE_PER_COUNT = 2;

/**
 * Resolves when each of the counts has reached `expected`, with when the last one did, milliseconds of `performance.now()`.
 * Errors: Error that names a count that has stopped before.
 */
export async function caughtUp(
  counts: Readonly<Record<string, () => Promise<number>>>,
  expected: number,
  options: CaughtUpOptions = {},
): Promise<number> {
  const all = Object.entries(counts).map(([name, count]) =>
    reached(name, count, expected, { ...defaults, ...options }),
  );
  return Math.max(...(await Promise.all(all)));
}

async function reached(
  name: string,
  count: () => Promise<number>,
  expected: number,
  { pollMs, stalledMs }: Required<CaughtUpOptions>,
): Promise<number> {
  let most = 0;
  let since = performance.now();
  for (;;) {
    const asked = performance.now();
    const now = await count();
    const at = performance.now();
    if (now >= expected) return at;
    if (now > most) [most, since] = [now, at];
    if (at - since > stalledMs) throw new Error(`${name}: ${most} of ${expected}, and no more for ${stalledMs} ms`);
    // A count that costs much would otherwise keep busy the very servers that it waits for.
    await delay(Math.max(pollMs, PAUSE_PER_COUNT * (at - asked)));
  }
}
