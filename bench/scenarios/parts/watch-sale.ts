import { setTimeout as delay } from 'node:timers/promises';
import type { Moment } from '../../runner/scenario.ts';
import { purchaseCounts } from '../../support/metrics.ts';

/** Often enough for a curve, and seldom enough to cost the front nothing that shows. */
const EVERY_MS = 50;

export interface Watch {
  end(): Promise<readonly Moment[]>;
}

/** Looks at a sale from the front's own counters: what is left, and what was sold and refused since the watch began. */
export async function watchSale(port: number, saleId: string, tickets: number): Promise<Watch> {
  const before = await purchaseCounts(port, saleId);
  const from = performance.now();
  const moments: Moment[] = [];
  let ended = false;
  const look = async (): Promise<void> => {
    const { accepted, refused, remaining = tickets } = await purchaseCounts(port, saleId);
    moments.push({
      ms: performance.now() - from,
      remaining,
      sold: accepted - before.accepted,
      refused: refused - before.refused,
    });
  };
  const looking = (async () => {
    while (!ended) {
      await look();
      await delay(EVERY_MS);
    }
    await look();
  })();
  return {
    end: async () => {
      ended = true;
      await looking;
      return moments;
    },
  };
}
