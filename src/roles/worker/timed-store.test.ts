import { expect, it, vi } from 'vitest';
import { deferred } from '../../../test/support/deferred.ts';
import type { StoreBatch, StoreResult } from '../../ports/order-store.ts';
import { SLOW_STORE_MS, timedStore } from './timed-store.ts';

const BATCH: StoreBatch = { group: 'settlement', positions: [{ partition: 0, next: 1 }], orders: [] };
const RESULT: StoreResult = { stored: 0, repeated: 0, rejected: [] };

/** A store whose call ends when the test says so, and a timer that fires when it says so. */
function rig() {
  const call = deferred<StoreResult>();
  const clock = { ms: 0 };
  const cancel = vi.fn();
  const after = vi.fn((_ms: number, _task: () => void) => cancel);
  const observer = { storeCall: vi.fn(), storeSlow: vi.fn() };
  const ports = { store: { store: () => call.promise }, clock: { now: () => clock.ms, monotonic: () => clock.ms } };
  const stored = timedStore(ports, { after }, observer).store(BATCH);
  return { call, clock, cancel, after, observer, stored };
}

it('reports how long a call took, and sets no timer for later', async () => {
  const { call, clock, cancel, observer, stored } = rig();
  clock.ms = 7;
  call.resolve(RESULT);
  expect(await stored).toBe(RESULT);
  expect(observer.storeCall.mock.calls).toEqual([[7]]);
  expect(cancel).toHaveBeenCalledOnce();
  expect(observer.storeSlow).not.toHaveBeenCalled();
});

it('reports a call that has neither succeeded nor failed in time, and waits on for it', async () => {
  const { call, after, observer, stored } = rig();
  expect(after).toHaveBeenCalledWith(SLOW_STORE_MS, expect.any(Function));
  after.mock.calls[0]?.[1]();
  expect(observer.storeSlow.mock.calls).toEqual([[BATCH, SLOW_STORE_MS]]);
  call.reject(new Error('lost'));
  await expect(stored).rejects.toThrow('lost');
  expect(observer.storeCall).toHaveBeenCalledOnce();
});
