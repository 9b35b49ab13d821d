import type { Phase } from '../../src/client/index.ts';

interface Timed {
  readonly phase: Phase;
  readonly remaining: number;
  readonly opensAt: string;
  readonly closesAt: string;
}

/**
 * The phase at this moment of the server's clock: as it was told, and opened or ended by the clock meanwhile. The server
 * says so too, a moment later; who waits for the opening second should not wait for that.
 */
export function phaseAt({ phase, remaining, opensAt, closesAt }: Timed, now: number | undefined): Phase {
  if (now === undefined || (phase !== 'upcoming' && phase !== 'live' && phase !== 'sold_out')) return phase;
  if (now >= Date.parse(closesAt)) return 'ended';
  if (now < Date.parse(opensAt)) return 'upcoming';
  return remaining > 0 ? 'live' : 'sold_out';
}
