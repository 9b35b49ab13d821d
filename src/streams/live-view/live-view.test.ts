import { of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deferred, settled } from '../../../test/support/deferred.ts';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { aBrokenEntry, aChunk, aFence, aRecord } from '../../../test/support/log-chunks.ts';
import { marbles } from '../../../test/support/marbles.ts';
import { Fault } from '../../domain/errors.ts';
import type { LiveDelta } from '../../ports/live-state.ts';
import type { LogChunk } from '../../ports/order-log.ts';
import { type AppliedEntries, liveView, liveViewDefaults } from './live-view.ts';

/** Each chunk at once, in its own call. */
const AT_ONCE = { ...liveViewDefaults, batch: { ...liveViewDefaults.batch, size: 1 } };

type Apply = (partition: number, deltas: readonly LiveDelta[]) => Promise<void>;

function rig(apply: Apply = async () => undefined, size = 1) {
  const acked: [number, number][] = [];
  const calls: { partition: number; deltas: readonly LiveDelta[] }[] = [];
  const out: AppliedEntries[] = [];
  const ends: unknown[] = [];
  const chunk$ = new Subject<LogChunk>();
  const live = {
    apply: (partition: number, deltas: readonly LiveDelta[]) => {
      calls.push({ partition, deltas });
      return apply(partition, deltas);
    },
  };
  const options = { ...AT_ONCE, batch: { ...AT_ONCE.batch, size }, backoff: { baseMs: 0, capMs: 0 } };
  liveView(chunk$, { live, clock: new ManualClock() }, options).subscribe({
    next: (applied) => out.push(applied),
    error: (error) => ends.push(error),
    complete: () => ends.push('complete'),
  });
  return { acked, calls, out, ends, chunk$ };
}

/** An entry with one reservation for each of the given times, in milliseconds since 1970. */
function entryAt(offset: number, saleId: string, ...times: readonly number[]) {
  const record = aRecord(times.map((_, n) => n + 1));
  const items = record.items.map((item, n) => ({ ...item, reservedAt: times[n] ?? 0 }));
  return { offset, record: { ...record, saleId, items } };
}

describe('liveView', () => {
  it('applies the changes of each entry per sale and second to the live state', async () => {
    const { chunk$, calls, out, acked } = rig();
    const chunk = aChunk(acked, 4, entryAt(7, 'a', 1000, 1999, 2000), entryAt(9, 'b', 5500), entryAt(10, 'a', 2999));
    chunk$.next(chunk);
    await settled();
    expect(calls).toEqual([
      {
        partition: 4,
        deltas: [
          { saleId: 'a', offset: 7, second: 1, reserved: 2 },
          { saleId: 'a', offset: 7, second: 2, reserved: 1 },
          { saleId: 'b', offset: 9, second: 5, reserved: 1 },
          { saleId: 'a', offset: 10, second: 2, reserved: 1 },
        ],
      },
    ]);
    expect(out).toEqual([{ entries: 3, reserved: 5 }]);
    expect(acked).toEqual([[4, 10]]);
  });

  it('applies an entry once that a rebalance delivers again in the same batch, and acknowledges both', async () => {
    const { chunk$, calls, out, acked } = rig(undefined, 5);
    chunk$.next(aChunk(acked, 0, entryAt(5, 'a', 1000), entryAt(6, 'a', 1000), entryAt(7, 'a', 1000)));
    chunk$.next(aChunk(acked, 0, entryAt(6, 'a', 1000), entryAt(7, 'a', 1000), entryAt(8, 'a', 1000)));
    await settled();
    expect(calls.map(({ deltas }) => deltas.map(({ offset }) => offset))).toEqual([[5, 6, 7, 8]]);
    expect(out).toEqual([{ entries: 4, reserved: 4 }]);
    expect(acked).toEqual([
      [0, 7],
      [0, 8],
    ]);
  });

  it('applies each partition separately, in the order in which they arrived', async () => {
    const { chunk$, calls, out, acked } = rig(undefined, 3);
    chunk$.next(aChunk(acked, 1, entryAt(5, 'a', 1000)));
    chunk$.next(aChunk(acked, 0, entryAt(2, 'b', 1000)));
    chunk$.next(aChunk(acked, 1, entryAt(6, 'a', 1000)));
    await settled();
    expect(calls).toEqual([
      {
        partition: 1,
        deltas: [
          { saleId: 'a', offset: 5, second: 1, reserved: 1 },
          { saleId: 'a', offset: 6, second: 1, reserved: 1 },
        ],
      },
      { partition: 0, deltas: [{ saleId: 'b', offset: 2, second: 1, reserved: 1 }] },
    ]);
    expect(out).toEqual([
      { entries: 2, reserved: 2 },
      { entries: 1, reserved: 1 },
    ]);
    expect(acked).toEqual([
      [1, 5],
      [1, 6],
      [0, 2],
    ]);
  });

  it('skips an unreadable entry, and acknowledges it', async () => {
    const { chunk$, calls, out, acked } = rig();
    chunk$.next(aChunk(acked, 0, aBrokenEntry(1), entryAt(2, 'a', 1000), aBrokenEntry(3)));
    await settled();
    expect(calls[0]?.deltas).toEqual([{ saleId: 'a', offset: 2, second: 1, reserved: 1 }]);
    expect(out).toEqual([{ entries: 3, reserved: 1 }]);
    expect(acked).toEqual([[0, 3]]);
  });

  it('skips a fence, and counts what lies behind it', async () => {
    const { chunk$, calls, out, acked } = rig();
    chunk$.next(aChunk(acked, 0, aFence(1, 9), entryAt(2, 'a', 1000)));
    await settled();
    expect(calls[0]?.deltas).toEqual([{ saleId: 'a', offset: 2, second: 1, reserved: 1 }]);
    expect([out, acked]).toEqual([[{ entries: 2, reserved: 1 }], [[0, 2]]]);
  });

  it('applies chunk after chunk and acknowledges each when it is applied', async () => {
    const gates = [deferred(), deferred()];
    let calls = 0;
    const { chunk$, acked, ends } = rig(async () => gates[calls++]?.promise);
    chunk$.next(aChunk(acked, 0, entryAt(1, 'a', 1000)));
    chunk$.next(aChunk(acked, 1, entryAt(1, 'a', 1000)));
    chunk$.complete();
    await settled();
    expect([calls, acked]).toEqual([1, []]);
    gates[0]?.resolve();
    await settled();
    expect([calls, acked, ends]).toEqual([2, [[0, 1]], []]);
    gates[1]?.resolve();
    await settled();
    expect([acked.length, ends]).toEqual([2, ['complete']]);
  });

  it('waits for an unavailable live state, retrying the same chunk', () => {
    marbles(({ hot, scheduler, expectObservable }) => {
      const acked: [number, number][] = [];
      const chunk = aChunk(acked, 0, entryAt(1, 'a', 1000));
      const live = {
        apply: () => {
          throw new Fault('unavailable', 'unreachable');
        },
      };
      const waits: number[] = [];
      const backoff = { baseMs: 2, capMs: 8, random: () => 0, onRetry: () => waits.push(scheduler.now()) };
      const applied$ = liveView(
        hot('a--------', { a: chunk }),
        { live, clock: new ManualClock() },
        { ...AT_ONCE, backoff, scheduler },
      );
      expectObservable(applied$, '-------!').toBe('--------');
      scheduler.flush();
      expect(waits).toEqual([0, 2, 4, 6]);
      expect(acked).toEqual([]);
    });
  });

  it('continues when the live state recovers', async () => {
    let failures = 3;
    const back = deferred();
    const acked: [number, number][] = [];
    const apply = async () => {
      failures -= 1;
      if (failures >= 0) throw new Fault('timeout', 'slow');
    };
    const chunk = aChunk(acked, 0, entryAt(1, 'a', 1000));
    liveView(
      of(chunk),
      { live: { apply }, clock: new ManualClock() },
      { ...AT_ONCE, backoff: { baseMs: 0, capMs: 0 } },
    ).subscribe({
      complete: () => back.resolve(),
    });
    await back.promise;
    expect([failures, acked]).toEqual([-1, [[0, 1]]]);
  });

  it('ends with a fault that is not retryable, the chunk not acknowledged', async () => {
    const error = new TypeError('bug');
    const { chunk$, acked, ends } = rig(() => Promise.reject(error));
    chunk$.next(aChunk(acked, 0, entryAt(1, 'a', 1000)));
    await settled();
    expect([ends, acked]).toEqual([[error], []]);
  });
});
