import { setTimeout as delay } from 'node:timers/promises';

export interface AllStored {
  readonly stored: number;
  /** When the count last grew, milliseconds of `performance.now()`: without the quiet period after it. */
  readonly at: number;
}

export interface AllStoredOptions {
  readonly pollMs?: number;
  /** Surplus orders appear within so long. */
  readonly quietMs?: number;
  /** A worker that has stored nothing for so long has stopped. */
  readonly stalledMs?: number;
}

const defaults = { pollMs: 100, quietMs: 1000, stalledMs: 20_000 } as const satisfies AllStoredOptions;

/** Resolves when the expected orders are stored and no more follow, or, with fewer, when none followed for `stalledMs`. */
export async function allStored(
  count: () => Promise<number>,
  expected: number,
  options: AllStoredOptions = {},
): Promise<AllStored> {
  const { pollMs, quietMs, stalledMs } = { ...defaults, ...options };
  let stored = await count();
  let at = performance.now();
  for (;;) {
    await delay(pollMs);
    const next = await count();
    if (next !== stored) [stored, at] = [next, performance.now()];
    else if (performance.now() - at > (stored >= expected ? quietMs : stalledMs)) return { stored, at };
  }
}
