import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aChunk, aFence, anEntry } from '../../../test/support/log-chunks.ts';
import { settlementRig } from '../../../test/support/settlement-rig.ts';
import { Fault } from '../../domain/errors.ts';
import type { StoreBatch } from '../../ports/order-store.ts';

const GROUP = 'settlement';
const POISON = 2;
const holdsPoison = ({ orders, fenced = [] }: StoreBatch) =>
  [...orders, ...fenced].some(({ order }) => order.tickets.includes(POISON));

/** A store that rejects one ticket with an error that says nothing about its health. */
function poisonedRig() {
  const rig = settlementRig();
  rig.hooks.store = (proceed, batch) =>
    holdsPoison(batch) ? Promise.reject(new TypeError('value out of range')) : proceed();
  return rig;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('an entry that the store rejects', () => {
  it('is found and dead-lettered after its attempts, while its neighbours are stored', async () => {
    const { chunk$, acked, letters, settled, store, calls } = poisonedRig();
    const poison = anEntry(1, POISON);
    chunk$.next(aChunk(acked, 0, anEntry(0, 1), poison, anEntry(2, 3, 4)));
    await pass(1000);
    expect(letters).toEqual([
      {
        group: GROUP,
        partition: 0,
        offset: 1,
        reason: 'value out of range',
        attempts: 3,
        raw: JSON.stringify(poison.record),
      },
    ]);
    // Once within its batch, and three times on its own.
    expect(calls.filter(holdsPoison)).toHaveLength(4);
    expect(settled).toEqual([{ entries: 3, stored: 3, repeated: 0, rejected: [], deadLettered: 1 }]);
    expect((await store.orders({ limit: 9 })).flatMap(({ tickets }) => tickets)).toEqual([4, 3, 1]);
    expect(acked).toEqual([[0, 2]]);
  });

  it('is retried with pauses', async () => {
    const { chunk$, acked, calls } = poisonedRig();
    chunk$.next(aChunk(acked, 0, anEntry(0, POISON)));
    await pass(5);
    expect(calls.filter(holdsPoison)).toHaveLength(2);
    await pass(100);
    expect(calls.filter(holdsPoison)).toHaveLength(3);
    await pass(100);
    expect(calls.filter(holdsPoison)).toHaveLength(4);
    expect(acked).toEqual([[0, 0]]);
  });

  it('advances the position when it is the last', async () => {
    const { chunk$, acked, store } = poisonedRig();
    chunk$.next(aChunk(acked, 0, anEntry(0, 1), anEntry(8, POISON)));
    await pass(1000);
    expect(await store.position(GROUP, 0)).toBe(9);
  });

  it('is stored after all when a later attempt succeeds', async () => {
    const { chunk$, acked, letters, settled, hooks } = settlementRig();
    let refusals = 0;
    hooks.store = (proceed) => {
      refusals += 1;
      return refusals < 4 ? Promise.reject(new TypeError('odd')) : proceed();
    };
    chunk$.next(aChunk(acked, 0, anEntry(0, POISON)));
    await pass(1000);
    expect(letters).toEqual([]);
    expect(settled).toMatchObject([{ stored: 1, deadLettered: 0 }]);
  });

  it('is not blamed for a store that is unavailable in between', async () => {
    const { chunk$, acked, letters, hooks, settled } = settlementRig();
    let calls = 0;
    hooks.store = (proceed) => {
      calls += 1;
      if (calls === 1 || calls === 20) return Promise.reject(new TypeError('odd'));
      return calls < 30 ? Promise.reject(new Fault('timeout', 'slow')) : proceed();
    };
    chunk$.next(aChunk(acked, 0, anEntry(0, 1)));
    await pass(10_000);
    expect(letters).toEqual([]);
    expect(settled).toMatchObject([{ stored: 1 }]);
  });

  it('is dead-lettered once, and its neighbours are stored once, however often the store fails meanwhile', async () => {
    const { chunk$, acked, letters, hooks, settled, calls } = settlementRig();
    let turn = 0;
    hooks.store = (proceed, batch) => {
      turn += 1;
      if (turn % 2 === 0) return Promise.reject(new Fault('unavailable', 'flapping'));
      return holdsPoison(batch) ? Promise.reject(new TypeError('value out of range')) : proceed();
    };
    chunk$.next(aChunk(acked, 0, anEntry(0, 1), anEntry(1, POISON), anEntry(2, 3)));
    await pass(10_000);
    expect(letters).toHaveLength(1);
    expect(settled).toEqual([{ entries: 3, stored: 2, repeated: 0, rejected: [], deadLettered: 1 }]);
    expect(acked).toEqual([[0, 2]]);
    expect(calls.length).toBeGreaterThan(8);
  });

  it('does not change how its neighbours are judged: behind the fence they are rejected one by one, too', async () => {
    const { chunk$, acked, settled, store } = poisonedRig();
    chunk$.next(aChunk(acked, 0, anEntry(0, 1), aFence(1, 2), anEntry(2, POISON), anEntry(3, 3)));
    await pass(1000);
    const { rejected, ...counts } = settled[0] ?? { rejected: [] };
    expect(counts).toEqual({ entries: 4, stored: 1, repeated: 0, deadLettered: 1 });
    expect(rejected.map(({ order, reason }) => [order.tickets, reason])).toEqual([[[3], 'fence']]);
    expect(await store.fences(GROUP, 0)).toMatchObject([{ epoch: 2, offset: 1 }]);
    expect(acked).toEqual([[0, 3]]);
  });
});
