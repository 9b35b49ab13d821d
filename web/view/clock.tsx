import { useEffect, useState } from 'preact/hooks';
import { clockText } from '../text/format.ts';

const SECOND_MS = 1_000;

/** Until the server's clock is known. */
const POLL_MS = 50;

/** So late that it is never reached, and a whole second, so that the clock is redrawn on whole seconds. */
const NEVER = Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % SECOND_MS);

export type Now = () => number | undefined;

/**
 * Milliseconds until `at` on the server's clock, redrawn exactly when a whole second has passed and when `at` is reached;
 * undefined until the clock is known, 0 from `at` on.
 */
export function useTimeLeft(at: number, now: Now): number | undefined {
  const [, redraw] = useState(0);
  const clock = now();
  const left = clock === undefined ? undefined : Math.max(0, at - clock);
  useEffect(() => {
    if (left === 0) return;
    // Read again, because rendering took time.
    const fresh = now();
    const wait = fresh === undefined ? POLL_MS : Math.max(0, at - fresh) % SECOND_MS;
    // One more millisecond, because timers may fire slightly early.
    const timer = setTimeout(() => redraw((n) => n + 1), wait + 1);
    return () => clearTimeout(timer);
  });
  return left;
}

export interface CountdownProps {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly now: Now;
}

/** The role keeps screen readers from announcing every second. */
export function Countdown({ at, now }: CountdownProps) {
  const left = useTimeLeft(at, now);
  return (
    <span role="timer" class="time">
      {left === undefined ? '…' : clockText(left)}
    </span>
  );
}

/** The server's clock, which all countdowns are based on. */
export function ServerTime({ now }: { readonly now: Now }) {
  useTimeLeft(NEVER, now);
  const clock = now();
  if (clock === undefined) return <span>…</span>;
  const second = new Date(clock - (clock % SECOND_MS));
  return <time dateTime={second.toISOString()}>{second.toLocaleTimeString()}</time>;
}
