import type { Moment } from '../../support/sale-watch.ts';

export interface Curves {
  /** From the last moment without a sale to the last ticket. */
  readonly soldPerSecond: number;
  /** From the last ticket to the last refusal. */
  readonly refusedPerSecond: number;
  /** From the last moment without a sale; NaN when tickets were left. */
  readonly soldOutAfterMs: number;
}

/** The two rates of a stampede, apart: the one says nothing of the other. Its first moment is the last without a sale. */
export function curvesOf(moments: readonly Moment[]): Curves {
  const [begin] = moments;
  const last = moments.at(-1);
  if (begin === undefined || last === undefined) {
    return { soldPerSecond: 0, refusedPerSecond: 0, soldOutAfterMs: Number.NaN };
  }
  const gone = moments.find(({ remaining, sold }) => remaining === 0 && sold === last.sold);
  const soldEnd = gone ?? last;
  const refusedEnd = moments.find(({ refused }) => refused === last.refused) ?? last;
  return {
    soldPerSecond: rate(soldEnd.sold - begin.sold, soldEnd.ms - begin.ms),
    refusedPerSecond: gone === undefined ? 0 : rate(refusedEnd.refused - gone.refused, refusedEnd.ms - gone.ms),
    soldOutAfterMs: gone === undefined ? Number.NaN : gone.ms - begin.ms,
  };
}

const rate = (count: number, ms: number) => (ms > 0 ? (count * 1000) / ms : 0);
