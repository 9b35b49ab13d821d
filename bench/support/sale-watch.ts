/**
 * Looks at a sale from the front's own counters: what is left, and what was sold and refused since the watch began.
 *
 * Run as a child process, since a client at full load would keep its own process from looking: it takes a `WatchOrder`,
 * says `watching`, and when it is told to end it answers with its moments.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { purchaseCounts } from './metrics.ts';

export interface WatchOrder {
  readonly port: number;
  readonly saleId: string;
  /** What is left as long as nobody has bought. */
  readonly tickets: number;
}

/** What a moment of a stampede looked like. */
export interface Moment {
  /** Since the watch began. */
  readonly ms: number;
  readonly remaining: number;
  readonly sold: number;
  /** Because no ticket was left. */
  readonly refused: number;
}

/** Often enough for a curve, and seldom enough to cost the front nothing that shows. */
const EVERY_MS = 50;

const end = new AbortController();

async function watch({ port, saleId, tickets }: WatchOrder): Promise<void> {
  const before = await purchaseCounts(port, saleId);
  const from = performance.now();
  const moments: Moment[] = [];
  const look = async (): Promise<void> => {
    const { accepted, byCode, remaining = tickets } = await purchaseCounts(port, saleId);
    const refused = (byCode.sold_out ?? 0) - (before.byCode.sold_out ?? 0);
    moments.push({ ms: performance.now() - from, remaining, sold: accepted - before.accepted, refused });
  };
  process.send?.('watching');
  while (!end.signal.aborted) {
    await look();
    await delay(EVERY_MS, undefined, { signal: end.signal }).catch(() => {});
  }
  await look();
  process.send?.(moments);
}

process.on('message', (message: WatchOrder | 'end') => {
  if (message === 'end') end.abort();
  else void watch(message);
});
