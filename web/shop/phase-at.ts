import type { Phase } from '../../src/client/index.ts';

interface Timed {
  readonly phase: Phase;
  readonly remaining: number;
  readonly opensAt: string;
  readonly closesAt: string;
}

/**
 * The phase at this moment of the server's clock: the last reported one, opened or ended since by the clock. The server
 * reports the change a moment later, which a buyer who waits for the opening should not have to wait for.
 */
export function phaseAt({ phase, remaining, opensAt, closesAt }: Timed, now: number | undefined): Phase {
  if (now === undefined || phase === 'draft' || isOver(phase)) return phase;
  if (now >= Date.parse(closesAt)) return 'ended';
  if (phase === 'paused') return phase;
  if (now < Date.parse(opensAt)) return 'upcoming';
  return remaining > 0 ? 'live' : 'sold_out';
}

/** Whether nothing is sold any more. */
export function isOver(phase: Phase): boolean {
  return phase === 'ended' || phase === 'closed' || phase === 'archived';
}
