import type { Phase } from '../../src/client/index.ts';
import { countText } from './format.ts';

/** Parts of the total that are worth a word when the stock falls through them. */
const STEPS = [0.75, 0.5, 0.25, 0.1, 0.05, 0.01];

/** What was said last of a sale. */
export interface Spoken {
  readonly phase: Phase;
  /** How many of the steps the stock is below. */
  readonly step: number;
}

interface Heard {
  readonly title: string;
  readonly remaining: number;
  readonly total: number;
  readonly phase: Phase;
}

/**
 * What a screen reader says of a sale's stock. It falls ten times a second and nobody can listen to that, so only what
 * changes the picture is said: phases, and a handful of steps on the way down.
 */
export function spokenStock(
  last: Spoken | undefined,
  heard: Heard,
): { readonly spoken: Spoken; readonly text?: string } {
  const { title, remaining, total, phase } = heard;
  const spoken = { phase, step: STEPS.filter((part) => remaining < part * total).length };
  // The first that is heard is on the page already.
  if (last === undefined || (last.phase === phase && spoken.step <= last.step)) {
    // A returned ticket takes the stock up through a step; falling through it again is no news.
    return { spoken: { phase, step: Math.max(spoken.step, last?.step ?? 0) } };
  }
  return { spoken, text: `${title}: ${phase === last.phase ? leftText(remaining) : phaseText(phase, remaining)}` };
}

function phaseText(phase: Phase, remaining: number): string {
  switch (phase) {
    case 'live':
      return `on sale now, ${leftText(remaining)}`;
    case 'sold_out':
      return 'sold out';
    case 'upcoming':
    case 'draft':
      return 'not open yet';
    default:
      return 'the sale is over';
  }
}

function leftText(remaining: number): string {
  return `${countText(remaining)} left`;
}
