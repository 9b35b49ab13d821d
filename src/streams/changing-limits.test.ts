import { BehaviorSubject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settled } from '../../test/support/deferred.ts';
import { aChunk, anEntry } from '../../test/support/log-chunks.ts';
import { PURCHASE_LIMITS, purchaseRig } from '../../test/support/purchase-rig.ts';
import { settlementRig } from '../../test/support/settlement-rig.ts';
import type { PurchaseLimits } from './purchase/contract.ts';

describe('purchase limits that change', () => {
  async function rigWithLimits() {
    const limits$ = new BehaviorSubject<PurchaseLimits>(PURCHASE_LIMITS);
    const rig = await purchaseRig({ limits$, sale: { total: 1, perBuyerLimit: 1000 } });
    return { ...rig, change: (limits: Partial<PurchaseLimits>) => limits$.next({ ...PURCHASE_LIMITS, ...limits }) };
  }

  it('bound what waits and the batches', async () => {
    const { change, click, answers, reserved } = await rigWithLimits();
    // The first two are in flight at once; two wait, and the last one is refused.
    change({ capacity: 2, batchSize: 2, concurrency: 1 });
    const clicks = ['a', 'b', 'c', 'd', 'e'].map((user) => click(user, user));
    await settled();
    await settled();
    expect(clicks.map((id) => answers.get(id)?.[0]?.kind === 'overloaded')).toEqual([
      ...[false, false, false, false, true],
    ]);
    expect(reserved.map((items) => items.length)).toEqual([2, 2]);
  });

  it('apply to the deadline of the next purchase', async () => {
    const { change, buy, clock, hooks } = await rigWithLimits();
    change({ deadlineMs: 100 });
    hooks.append = async (proceed) => {
      await proceed();
      clock.advance(101);
    };
    expect(await buy('ann', 'k')).toEqual({ kind: 'unavailable' });
    hooks.append = (proceed) => proceed();
    expect(await buy('ann', 'k')).toMatchObject({ kind: 'replayed' });
  });

  it('change how long a sale is remembered as sold out', async () => {
    const { change, buy, clock, reserved } = await rigWithLimits();
    change({ soldOutMs: 5000 });
    await buy('ann');
    expect(await buy('bob')).toEqual({ kind: 'soldOut' });
    const asked = reserved.length;
    clock.advance(4999);
    expect(await buy('bob')).toEqual({ kind: 'soldOut' });
    expect(reserved).toHaveLength(asked);
    clock.advance(1);
    await buy('bob');
    expect(reserved).toHaveLength(asked + 1);
  });
});

describe('settlement limits that change', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('bound the next batch', async () => {
    const limits$ = new BehaviorSubject({ batchSize: 1000, batchMs: 50 });
    const { chunk$, acked, calls } = settlementRig({ limits$ });
    chunk$.next(aChunk(acked, 0, anEntry(0, 1)));
    await vi.advanceTimersByTimeAsync(49);
    expect(calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toHaveLength(1);
    limits$.next({ batchSize: 2, batchMs: 50 });
    chunk$.next(aChunk(acked, 0, anEntry(1, 2, 3)));
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toHaveLength(2);
  });
});
