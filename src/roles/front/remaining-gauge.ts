import { isRunning, type Sale } from '../../domain/sale.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FrontObserver } from './observer.ts';

/** How long a sale is reported after its end, for dashboards that show it. Milliseconds. */
const KEEP_MS = 10 * 60_000;

export interface RemainingGauge {
  readonly observe: (saleId: string, tickets: number) => void;
  /** Drops the sales that have been over for a while, or are no longer in memory. */
  readonly sweep: () => void;
}

/** Reports the remaining tickets of each sale until it is over, so that no sale leaves a label behind forever. */
export function createRemainingGauge(
  known: (saleId: string) => Sale | undefined,
  clock: Pick<Clock, 'now'>,
  { saleRemaining, saleOver }: Pick<FrontObserver, 'saleRemaining' | 'saleOver'>,
): RemainingGauge {
  const reported = new Set<string>();
  return {
    observe: (saleId, tickets) => {
      reported.add(saleId);
      saleRemaining(saleId, tickets);
    },
    sweep: () => {
      const over = clock.now() - KEEP_MS;
      for (const saleId of reported) {
        const sale = known(saleId);
        if (sale !== undefined && sale.closesAt > over && isRunning(sale)) continue;
        reported.delete(saleId);
        saleOver(saleId);
      }
    },
  };
}
