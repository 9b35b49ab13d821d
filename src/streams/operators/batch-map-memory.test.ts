import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { promotedMb } from '../../../test/support/heap-promotion.ts';
import { batchMap } from './batch-map.ts';

const SIZE = 8;

/** This many batches always wait, and one is taken each time that one fills: the list of waiting batches never ends. */
const WAITING = 4;

interface Item {
  readonly sale: string;
  readonly weight: readonly number[];
}

describe('batchMap and the garbage collector', () => {
  it('releases the items of a finished batch, whichever generation the batch is in', () => {
    const grownMb = promotedMb(() => {
      const item$ = new Subject<Item>();
      const ends: Subject<number>[] = [];
      const project = () => {
        const end$ = new Subject<number>();
        ends.push(end$);
        return end$;
      };
      item$
        .pipe(
          batchMap(project, {
            keyOf: ({ sale }) => sale,
            size: SIZE,
            concurrency: 1,
            capacity: SIZE * (WAITING + 2),
            refuse: () => 0,
            schedule: (task) => task(),
          }),
        )
        .subscribe();
      const fill = (batches: number) => {
        for (let n = 0; n < batches * SIZE; n += 1) item$.next({ sale: 'a', weight: new Array(100).fill(n) });
      };
      fill(WAITING + 1);
      return () => {
        for (let batch = 0; batch < 50; batch += 1) {
          fill(1);
          ends.shift()?.complete();
        }
      };
    }, 40);
    // 2,000 batches of eight items of 0.8 kB pass through: 13 MB.
    expect(grownMb).toBeLessThan(1);
  });
});
