import { useEffect, useState } from 'preact/hooks';

const SECOND_MS = 1_000;

/** Until the server's clock is known. */
const LOOK_AGAIN_MS = 50;

/**
 * Milliseconds until `at` by the server's clock, drawn anew exactly when a whole second is over, and when `at` is there;
 * undefined until the clock is known, 0 from then on.
 */
export function useTimeLeft(at: number, now: () => number | undefined): number | undefined {
  const [, draw] = useState(0);
  const clock = now();
  const left = clock === undefined ? undefined : Math.max(0, at - clock);
  useEffect(() => {
    if (left === 0) return;
    // The clock is looked at once more: drawing took its time.
    const fresh = now();
    const wait = fresh === undefined ? LOOK_AGAIN_MS : Math.max(0, at - fresh) % SECOND_MS;
    // One more millisecond, since timers are allowed to be a little early.
    const timer = setTimeout(() => draw((n) => n + 1), wait + 1);
    return () => clearTimeout(timer);
  });
  return left;
}
