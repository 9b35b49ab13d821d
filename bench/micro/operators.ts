import { of, Subject, VirtualTimeScheduler } from 'rxjs';
import { TUNING_SETTINGS } from '../../src/config/tuning-settings.ts';
import { batchBy } from '../../src/streams/operators/batch-by.ts';
import { batchMap } from '../../src/streams/operators/batch-map.ts';
import { conflateBy } from '../../src/streams/operators/conflate-by.ts';
import type { Micro } from './timing.ts';

const BATCH = TUNING_SETTINGS.PURCHASE_BATCH_SIZE.default;
const CONCURRENCY = TUNING_SETTINGS.PURCHASE_CONCURRENCY.default;
const SETTLEMENT_BATCH = TUNING_SETTINGS.SETTLEMENT_BATCH_SIZE.default;
const SALES = ['a', 'b', 'c', 'd'] as const;
/** Items in one turn of the event loop: a full batch of each sale. */
const TURN = SALES.length * BATCH;
/** Never reached in virtual time, which does not advance. A real timer of an hour would keep the process alive. */
const NEVER_MS = 3_600_000;
const stoppedTime = new VirtualTimeScheduler();

const items = Array.from({ length: TURN }, (_, n) => ({ saleId: SALES[n % SALES.length] as string, n }));

export const operatorMicros: readonly Micro[] = [
  {
    name: `batch-map: an item through batches of ${BATCH}, ${SALES.length} keys, ${CONCURRENCY} at once`,
    operations: TURN,
    setUp: () => {
      const source$ = new Subject<(typeof items)[number]>();
      let drain = (): void => {};
      let answered = 0;
      source$
        .pipe(
          batchMap((batch) => of(batch.length), {
            size: BATCH,
            concurrency: CONCURRENCY,
            capacity: TURN,
            keyOf: ({ saleId }) => saleId,
            refuse: () => 0,
            schedule: (task) => {
              drain = task;
            },
          }),
        )
        .subscribe((count) => {
          answered += count;
        });
      return () => {
        for (const item of items) source$.next(item);
        drain();
        return answered;
      };
    },
  },
  {
    name: `batch-by: an item through batches of ${SETTLEMENT_BATCH}`,
    operations: TURN,
    setUp: () => {
      const source$ = new Subject<(typeof items)[number]>();
      let answered = 0;
      source$.pipe(batchBy({ size: SETTLEMENT_BATCH, ms: NEVER_MS, scheduler: stoppedTime })).subscribe((batch) => {
        answered += batch.length;
      });
      return () => {
        for (const item of items) source$.next(item);
        return answered;
      };
    },
  },
  {
    name: `conflate-by: a value of ${SALES.length} keys, all but the first held`,
    operations: TURN,
    setUp: () => {
      const source$ = new Subject<(typeof items)[number]>();
      let passed = 0;
      source$
        .pipe(conflateBy({ keyOf: ({ saleId }) => saleId, ms: NEVER_MS, scheduler: stoppedTime }))
        .subscribe(() => {
          passed += 1;
        });
      return () => {
        for (const item of items) source$.next(item);
        return passed;
      };
    },
  },
];
