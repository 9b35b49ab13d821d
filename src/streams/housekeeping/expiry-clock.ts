import type { Clock } from '../../ports/clock.ts';

export interface ClockJump {
  /** How far the wall clock is from where it was expected, milliseconds; negative if it was set back. */
  readonly jumpMs: number;
  /**
   * `held`: the clock is not trusted. `ended`: it is where it was expected again. `trusted`: it has stayed for so long that
   * it is taken to be right.
   */
  readonly now: 'held' | 'ended' | 'trusted';
}

export interface ExpiryClockOptions {
  readonly clock: Clock;
  readonly onJump: (jump: ClockJump) => void;
}

/** Time services slew small corrections, which moves both clocks; what is larger than this was a step. */
const MAX_STEP_MS = 3000;

/**
 * How long a jump is not trusted: a wrong clock is noticed and corrected within this. After it the jump is taken to be the
 * correction, of a clock that was wrong before or of a machine that was suspended.
 */
const HOLD_MS = 15 * 60_000;

/**
 * The time by which orders expire, milliseconds since 1970: the wall clock, unless it jumps against the monotonic one. Then
 * it goes on from before the jump, so that no order expires early and those that are due still do. To be called at least
 * every few seconds, or small corrections add up to a jump.
 */
export function createExpiryClock({ clock, onJump }: ExpiryClockOptions): () => number {
  let base = { wall: clock.now(), monotonic: clock.monotonic() };
  let heldSince: number | undefined;

  return () => {
    const [wall, monotonic] = [clock.now(), clock.monotonic()];
    const expected = base.wall + (monotonic - base.monotonic);
    const jumpMs = wall - expected;
    const hasJumped = Math.abs(jumpMs) > MAX_STEP_MS;
    if (hasJumped && heldSince === undefined) {
      heldSince = monotonic;
      onJump({ jumpMs, now: 'held' });
    }
    if (hasJumped && heldSince !== undefined && monotonic - heldSince < HOLD_MS) return Math.min(wall, expected);
    if (heldSince !== undefined) onJump({ jumpMs, now: hasJumped ? 'trusted' : 'ended' });
    heldSince = undefined;
    base = { wall, monotonic };
    return wall;
  };
}
