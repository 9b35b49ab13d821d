import { setTimeout as delay } from 'node:timers/promises';

export interface AllStored {
  readonly stored: number;
  /** When the last of them was seen, in milliseconds of `performance.now()`: the quiet behind it is not in it. */
  readonly at: number;
}

export interface AllStoredOptions {
  readonly pollMs?: number;
  /** More than were expected show within so long. */
  readonly quietMs?: number;
  /** A worker that stores nothing more for so long will not. */
  readonly stalledMs?: number;
}

const defaults = { pollMs: 100, quietMs: 1000, stalledMs: 20_000 } as const satisfies AllStoredOptions;

/** Resolves when the orders are stored and no more come, or when none came for a long time: with fewer, then. */
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
