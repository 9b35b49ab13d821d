import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '../../../test/support/deferred.ts';
import { aBrokenEntry, aChunk, anEntry, aRecord, orderIdOf } from '../../../test/support/log-chunks.ts';
import { settlementRig } from '../../../test/support/settlement-rig.ts';
import { Fault } from '../../domain/errors.ts';
import type { StoreBatch } from '../../ports/order-store.ts';

const GROUP = 'settlement';
const UNREACHABLE = new Fault('unavailable', 'unreachable');

const ordersOf = (calls: readonly StoreBatch[]) =>
  calls.map(({ orders }) => orders.flatMap(({ order }) => order.tickets));
/** Lets promises settle, and timers that are due within `ms` run. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('settlement', () => {
  it('stores the orders of the log', async () => {
    const { chunk$, acked, settled, store, calls } = settlementRig();
    const record = aRecord([1, 2]);
    chunk$.next(aChunk(acked, 0, { offset: 7, record }));
    await pass(5);
    expect(calls).toEqual([
      {
        group: GROUP,
        positions: [{ partition: 0, next: 8 }],
        orders: record.items.map(({ orderId, tickets, userId, key, reservedAt }) => ({
          key,
          order: {
            id: orderId,
            saleId: record.saleId,
            productId: record.productId,
            userId,
            tickets,
            price: record.price,
            state: 'reserved',
            reservedAt,
            payBy: reservedAt + 600_000,
          },
        })),
      },
    ]);
    expect(settled).toEqual([{ entries: 1, stored: 2, repeated: 0, rejected: [], deadLettered: 0 }]);
    expect(await store.position(GROUP, 0)).toBe(8);
  });

  it('collects chunks until a batch reaches its size or age', async () => {
    const { chunk$, acked, calls } = settlementRig();
    chunk$.next(aChunk(acked, 0, anEntry(0, 1, 2)));
    chunk$.next(aChunk(acked, 1, anEntry(0, 3)));
    await pass(4);
    expect(calls).toEqual([]);
    chunk$.next(aChunk(acked, 0, anEntry(1, 4), anEntry(2, 5)));
    await pass(0);
    expect(ordersOf(calls)).toEqual([[1, 2, 3, 4, 5]]);
    chunk$.next(aChunk(acked, 0, anEntry(3, 6)));
    await pass(5);
    expect(ordersOf(calls)).toEqual([[1, 2, 3, 4, 5], [6]]);
  });

  it('stores with a batch the next position of each of its partitions', async () => {
    const { chunk$, acked, calls } = settlementRig();
    chunk$.next(aChunk(acked, 2, anEntry(10, 1), anEntry(12, 2)));
    chunk$.next(aChunk(acked, 0, anEntry(5, 3)));
    chunk$.next(aChunk(acked, 2, anEntry(20, 4)));
    await pass(0);
    expect(calls[0]?.positions).toEqual([
      { partition: 2, next: 21 },
      { partition: 0, next: 6 },
    ]);
  });

  it('acknowledges the chunks, in their order, only when the batch is stored', async () => {
    const { chunk$, acked, hooks } = settlementRig();
    const stored = deferred();
    hooks.store = (proceed) => stored.promise.then(proceed);
    chunk$.next(aChunk(acked, 0, anEntry(0, 1, 2)));
    chunk$.next(aChunk(acked, 0, anEntry(1, 3, 4)));
    await pass(1000);
    expect(acked).toEqual([]);
    stored.resolve();
    await pass(0);
    expect(acked).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('stores one batch at a time, in their order', async () => {
    const { chunk$, acked, calls, hooks } = settlementRig();
    const stored = [deferred(), deferred()];
    hooks.store = async (proceed) => {
      await stored[calls.length - 1]?.promise;
      return proceed();
    };
    chunk$.next(aChunk(acked, 0, anEntry(0, 1, 2, 3, 4)));
    chunk$.next(aChunk(acked, 0, anEntry(1, 5, 6, 7, 8)));
    await pass(50);
    expect(ordersOf(calls)).toEqual([[1, 2, 3, 4]]);
    stored[0]?.resolve();
    await pass(0);
    expect(ordersOf(calls)).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(acked).toEqual([[0, 0]]);
    stored[1]?.resolve();
    await pass(0);
    expect(acked).toHaveLength(2);
  });

  it('counts what a redelivery or an unnecessary relay repeats, and acknowledges it', async () => {
    const { chunk$, acked, settled } = settlementRig();
    chunk$.next(aChunk(acked, 0, anEntry(0, 1, 2, 3, 4)));
    await pass(0);
    chunk$.next(aChunk(acked, 0, anEntry(0, 1, 2, 3, 4)));
    await pass(0);
    expect(settled.map(({ stored, repeated }) => [stored, repeated])).toEqual([
      [4, 0],
      [0, 4],
    ]);
    expect(acked).toHaveLength(2);
  });

  it('reports what the store rejects, and acknowledges it', async () => {
    const { chunk$, acked, settled } = settlementRig();
    const rival = { orderId: orderIdOf(99), tickets: [1], userId: 'rival', key: 'k:99', reservedAt: 0, requestId: 'r' };
    chunk$.next(aChunk(acked, 0, anEntry(0, 1), { offset: 1, record: aRecord([], { items: [rival] }) }));
    await pass(5);
    expect(settled[0]).toMatchObject({ stored: 1, rejected: [{ reason: 'ticket', order: { id: orderIdOf(99) } }] });
    expect(acked).toEqual([[0, 1]]);
  });

  it('retries a batch with pauses for as long as the store is unavailable, and reads no further', async () => {
    const { chunk$, acked, calls, hooks, waits, settled, letters } = settlementRig();
    hooks.store = () => Promise.reject(UNREACHABLE);
    chunk$.next(aChunk(acked, 0, anEntry(0, 1, 2, 3, 4)));
    chunk$.next(aChunk(acked, 0, anEntry(1, 5, 6, 7, 8)));
    await pass(10_000);
    expect(calls.length).toBeGreaterThan(50);
    expect(new Set(ordersOf(calls).map(String))).toEqual(new Set(['1,2,3,4']));
    expect([acked, letters]).toEqual([[], []]);
    hooks.store = (proceed) => proceed();
    await pass(waits.at(-1) ?? 0);
    expect(acked).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(settled.map(({ stored }) => stored)).toEqual([4, 4]);
  });

  it('completes when the log has completed and the last batch is settled', async () => {
    const { chunk$, acked, ends } = settlementRig();
    chunk$.next(aChunk(acked, 0, anEntry(0, 1)));
    chunk$.complete();
    expect(ends).toEqual([]);
    await pass(0);
    expect([ends, acked]).toEqual([['complete'], [[0, 0]]]);
  });
});

describe('an unreadable entry', () => {
  it('is dead-lettered with its bytes and its offset, while its neighbours are stored in one batch', async () => {
    const { chunk$, acked, letters, settled, calls, store } = settlementRig();
    chunk$.next(aChunk(acked, 3, anEntry(0, 1, 2), aBrokenEntry(1), anEntry(2, 3, 4)));
    await pass(0);
    expect(letters).toEqual([
      { group: GROUP, partition: 3, offset: 1, reason: 'not JSON', attempts: 1, raw: '{"type":' },
    ]);
    expect(ordersOf(calls)).toEqual([[1, 2, 3, 4]]);
    expect(settled).toEqual([{ entries: 3, stored: 4, repeated: 0, rejected: [], deadLettered: 1 }]);
    expect(acked).toEqual([[3, 2]]);
    expect(await store.position(GROUP, 3)).toBe(3);
  });

  it('is dead-lettered even without a stated reason', async () => {
    const { chunk$, acked, letters } = settlementRig();
    chunk$.next(aChunk(acked, 0, { offset: 4, record: undefined }));
    await pass(5);
    expect(letters).toMatchObject([{ offset: 4, raw: '' }]);
    expect(acked).toEqual([[0, 4]]);
  });

  it('advances the position when it is the last, so that it is dead-lettered once', async () => {
    const { chunk$, acked, store } = settlementRig();
    chunk$.next(aChunk(acked, 0, aBrokenEntry(4)));
    await pass(5);
    expect(await store.position(GROUP, 0)).toBe(5);
  });

  it('is dead-lettered once, however long the store is unavailable afterwards', async () => {
    const { chunk$, acked, letters, hooks, settled } = settlementRig();
    hooks.store = () => Promise.reject(UNREACHABLE);
    chunk$.next(aChunk(acked, 0, aBrokenEntry(0), anEntry(1, 1)));
    await pass(5000);
    expect(letters).toHaveLength(1);
    hooks.store = (proceed) => proceed();
    await pass(1000);
    expect(letters).toHaveLength(1);
    expect(settled).toEqual([{ entries: 2, stored: 1, repeated: 0, rejected: [], deadLettered: 1 }]);
  });

  it('is not acknowledged before it is dead-lettered, however long that takes', async () => {
    const { chunk$, acked, letters, hooks, calls } = settlementRig();
    hooks.deadLetter = () => Promise.reject(UNREACHABLE);
    chunk$.next(aChunk(acked, 0, aBrokenEntry(0), anEntry(1, 1)));
    await pass(5000);
    expect([acked, calls]).toEqual([[], []]);
    hooks.deadLetter = (proceed) => proceed();
    await pass(1000);
    expect(letters).toHaveLength(1);
    expect(acked).toEqual([[0, 1]]);
  });

  it('that can not be dead-lettered at all ends the stream with nothing acknowledged', async () => {
    const { chunk$, acked, hooks, ends } = settlementRig();
    const error = new Fault('corrupt', 'too large for a letter');
    hooks.deadLetter = () => Promise.reject(error);
    chunk$.next(aChunk(acked, 0, aBrokenEntry(0), anEntry(1, 1)));
    await pass(5);
    expect(ends).toEqual([error]);
    expect(acked).toEqual([]);
  });
});
