/**
 * Records a sale from the front's counters: tickets remaining, sold and refused over time.
 *
 * Runs as a child process, since a load generator at full load would delay the polling: it receives a `RecorderOptions` as a
 * message, replies `recording`, and on the message `end` replies with its `Moment`s.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { purchaseCounts } from './metrics.ts';

export interface RecorderOptions {
  readonly port: number;
  readonly saleId: string;
  /** Tickets remaining until the first purchase: the front has no gauge before. */
  readonly tickets: number;
}

/** The state of a sale at one time. */
export interface Moment {
  /** Since the recording began. */
  readonly ms: number;
  readonly remaining: number;
  readonly sold: number;
  /** With `sold_out`. */
  readonly refused: number;
}

/** Frequent enough for a curve, and rare enough not to cost the front anything noticeable. */
const EVERY_MS = 50;

const end = new AbortController();

async function record({ port, saleId, tickets }: RecorderOptions): Promise<void> {
  const before = await purchaseCounts(port, saleId);
  const from = performance.now();
  const moments: Moment[] = [];
  const sample = async (): Promise<void> => {
    const { accepted, byCode, remaining = tickets } = await purchaseCounts(port, saleId);
    const refused = (byCode.sold_out ?? 0) - (before.byCode.sold_out ?? 0);
    moments.push({ ms: performance.now() - from, remaining, sold: accepted - before.accepted, refused });
  };
  process.send?.('recording');
  while (!end.signal.aborted) {
    await sample();
    await delay(EVERY_MS, undefined, { signal: end.signal }).catch(() => {});
  }
  await sample();
  process.send?.(moments);
}

process.on('message', (message: RecorderOptions | 'end') => {
  if (message === 'end') end.abort();
  else void record(message);
});
