import type { KafkaConsumer } from 'node-rdkafka';
import { describe, expect, it } from 'vitest';
import { DeliveryWatch } from './delivery-watch.ts';

const LIMIT_MS = 30_000;

/** A watch of partition 0 at a clock that the test sets, and a broker with records from `low` to before `high`. */
function watched({ low = 0, high = 5, committed = 0 } = {}) {
  const broker = { low, high, committed };
  const clock = { ms: 0 };
  const consumer = {
    queryWatermarkOffsets: (_topic: string, _partition: number, _ms: number, done: (...args: unknown[]) => void) =>
      done(null, { lowOffset: broker.low, highOffset: broker.high }),
    committed: (_asked: unknown, _ms: number, done: (...args: unknown[]) => void) =>
      done(null, [broker.committed < 0 ? {} : { offset: broker.committed }]),
  } as unknown as KafkaConsumer;
  const watch = new DeliveryWatch({ consumer, topic: 't', stuckAfterMs: LIMIT_MS, now: () => clock.ms });
  /** What the checks of the time find. */
  const pass = async (ms: number) => {
    const found: number[] = [];
    for (const end = clock.ms + ms; clock.ms < end; clock.ms += 1000) {
      if (watch.isDue) found.push(...(await watch.check()));
    }
    return [...new Set(found)];
  };
  return { watch, broker, pass };
}

describe('the watch of deliveries', () => {
  it('reports a partition of which nothing is delivered although the broker has more', async () => {
    const { watch, pass } = watched();
    watch.assigned(0, 3);
    expect(await pass(LIMIT_MS)).toEqual([]);
    expect(await pass(2 * LIMIT_MS)).toEqual([0]);
  });

  it('compares with the committed offset, or the first one, if it knows no other', async () => {
    for (const [committed, found] of [
      [4, [0]],
      [5, []],
      [-1, [0]],
    ] as const) {
      const { watch, pass } = watched({ committed });
      watch.assigned(0);
      expect(await pass(3 * LIMIT_MS)).toEqual(found);
    }
  });

  it('reports nothing of a partition that was read to its end, or whose records were deleted', async () => {
    const { watch, broker, pass } = watched();
    watch.assigned(0, 3);
    watch.delivered(0, 5);
    expect(await pass(3 * LIMIT_MS)).toEqual([]);
    Object.assign(broker, { low: 9, high: 9 });
    expect(await pass(3 * LIMIT_MS)).toEqual([]);
  });

  it('waits for the whole limit again after a delivery, a pause, or a new assignment', async () => {
    const { watch, pass } = watched();
    watch.assigned(0, 0);
    for (const restart of [() => watch.delivered(0, 1), () => watch.restart(), () => watch.assigned(0, 1)]) {
      expect(await pass(LIMIT_MS)).toEqual([]);
      restart();
    }
    watch.revoked(0);
    expect(await pass(3 * LIMIT_MS)).toEqual([]);
  });
});
