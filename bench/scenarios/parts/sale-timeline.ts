import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Moment, RecorderOptions } from '../../support/sale-recorder.ts';

const SALE_RECORDER = new URL('../../support/sale-recorder.js', import.meta.url);

/** Records a sale while `work` runs. The moments begin with the last one before the first sale. */
export async function recordSale<Result>(
  options: RecorderOptions,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly moments: readonly Moment[] }> {
  const recorder = fork(SALE_RECORDER);
  try {
    recorder.send(options);
    await once(recorder, 'message');
    const result = await work();
    recorder.send('end');
    const [moments] = (await once(recorder, 'message')) as [readonly Moment[]];
    return { result, moments: fromFirstSale(moments) };
  } finally {
    recorder.disconnect();
  }
}

/** The moments from the last one without a sale on, with times counted from it. */
export function fromFirstSale(moments: readonly Moment[]): readonly Moment[] {
  const begin = Math.max(
    0,
    moments.findLastIndex(({ sold }) => sold === 0),
  );
  const fromMs = moments[begin]?.ms ?? 0;
  return moments.slice(begin).map((moment) => ({ ...moment, ms: moment.ms - fromMs }));
}

export interface SaleRates {
  /** From the last moment without a sale to the last ticket. */
  readonly soldPerSecond: number;
  /** From the last ticket to the last refusal. */
  readonly refusedPerSecond: number;
  /** From the last moment without a sale; NaN when tickets remained. */
  readonly soldOutAfterMs: number;
}

/** The rates of a stampede before and after the last ticket, which are independent of each other. */
export function saleRates(moments: readonly Moment[]): SaleRates {
  const [begin] = moments;
  const last = moments.at(-1);
  if (begin === undefined || last === undefined) {
    return { soldPerSecond: 0, refusedPerSecond: 0, soldOutAfterMs: Number.NaN };
  }
  const soldOut = moments.find(({ remaining, sold }) => remaining === 0 && sold === last.sold);
  const soldEnd = soldOut ?? last;
  const refusedEnd = moments.find(({ refused }) => refused === last.refused) ?? last;
  return {
    soldPerSecond: rate(soldEnd.sold - begin.sold, soldEnd.ms - begin.ms),
    refusedPerSecond:
      soldOut === undefined ? 0 : rate(refusedEnd.refused - soldOut.refused, refusedEnd.ms - soldOut.ms),
    soldOutAfterMs: soldOut === undefined ? Number.NaN : soldOut.ms - begin.ms,
  };
}

const rate = (count: number, ms: number) => (ms > 0 ? (count * 1000) / ms : 0);
