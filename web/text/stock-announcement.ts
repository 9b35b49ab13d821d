import type { Phase } from '../../src/client/index.ts';
import { countText } from './format.ts';

/** Shares of the total; the stock is announced when it falls below one of them. */
const STEPS = [0.75, 0.5, 0.25, 0.1, 0.05, 0.01];

/** What was last announced about a sale. */
export interface Announced {
  readonly phase: Phase;
  /** How many of the steps the stock is below. */
  readonly step: number;
}

interface SaleStock {
  readonly title: string;
  readonly remaining: number;
  readonly total: number;
  readonly phase: Phase;
}

/**
 * What a screen reader announces about a sale's stock. It may change ten times a second, so only changes of phase and a few
 * steps on the way down are announced.
 */
export function announceStock(
  last: Announced | undefined,
  current: SaleStock,
): { readonly announced: Announced; readonly text?: string } {
  const { title, remaining, total, phase } = current;
  const announced = { phase, step: STEPS.filter((part) => remaining < part * total).length };
  // The first frame only repeats what the page shows already.
  if (last === undefined || (last.phase === phase && announced.step <= last.step)) {
    // A returned ticket may raise the stock above a step; falling below it again is not announced.
    return { announced: { phase, step: Math.max(announced.step, last?.step ?? 0) } };
  }
  return { announced, text: `${title}: ${phase === last.phase ? leftText(remaining) : phaseText(phase, remaining)}` };
}

function phaseText(phase: Phase, remaining: number): string {
  switch (phase) {
    case 'live':
      return `on sale now, ${leftText(remaining)}`;
    case 'paused':
      return 'paused';
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
