import { describe, expect, it } from 'vitest';
import { MemoryOrderStore } from '../../../test/support/fakes/memory-order-store.ts';
import { createFences } from './fences.ts';

const GROUP = 'settlement';
const fence = (saleId: string, epoch: number, offset: number) => ({ saleId, epoch, offset });

describe('the fences of the log', () => {
  it('end older epochs of their sale and partition, from their offset on', () => {
    const fences = createFences(new MemoryOrderStore(), GROUP);
    fences.add(0, fence('s', 3, 10));
    const refuses = (partition: number, offset: number, saleId: string, epoch: number) =>
      fences.rejects(partition, offset, { saleId, epoch });
    expect(refuses(0, 11, 's', 2)).toBe(true);
    expect(refuses(0, 9, 's', 2)).toBe(false);
    expect(refuses(0, 11, 's', 3)).toBe(false);
    expect(refuses(0, 11, 's', 4)).toBe(false);
    expect(refuses(1, 11, 's', 2)).toBe(false);
    expect(refuses(0, 11, 't', 2)).toBe(false);
  });

  it('of several recoveries each end the epochs before their own', () => {
    const fences = createFences(new MemoryOrderStore(), GROUP);
    for (const one of [fence('s', 3, 30), fence('s', 2, 20), fence('s', 2, 10)]) fences.add(0, one);
    const refused = [5, 15, 25, 35].map((offset) =>
      [1, 2, 3].map((epoch) => fences.rejects(0, offset, { saleId: 's', epoch })),
    );
    expect(refused).toEqual([
      [false, false, false],
      [true, false, false],
      [true, false, false],
      [true, true, false],
    ]);
  });

  it('passed by other members are known when a partition has its position', async () => {
    const store = new MemoryOrderStore();
    const fences = createFences(store, GROUP);
    await store.store({
      group: GROUP,
      positions: [{ partition: 2, next: 12 }],
      orders: [],
      fences: [{ partition: 2, ...fence('s', 2, 10) }],
    });
    expect(await fences.positionOf(2)).toBe(12);
    expect(fences.rejects(2, 12, { saleId: 's', epoch: 1 })).toBe(true);
    expect(await fences.positionOf(3)).toBeUndefined();
  });

  it('before the position are never missing, even if another member advances it meanwhile', async () => {
    const store = new MemoryOrderStore();
    const passes = () =>
      store.store({
        group: GROUP,
        positions: [{ partition: 0, next: 11 }],
        orders: [],
        fences: [{ partition: 0, ...fence('s', 2, 10) }],
      });
    // Another member commits between the two reads, whichever comes first.
    let reads = 0;
    const between = async <T>(read: Promise<T>): Promise<T> => {
      const answer = await read;
      reads += 1;
      if (reads === 1) await passes();
      return answer;
    };
    const fences = createFences(
      {
        position: (group, partition) => between(store.position(group, partition)),
        fences: (group, partition) => between(store.fences(group, partition)),
      },
      GROUP,
    );
    const position = (await fences.positionOf(0)) ?? 0;
    expect(position > 10 && !fences.rejects(0, position, { saleId: 's', epoch: 1 })).toBe(false);
  });

  it('are requested again after the store was unavailable', async () => {
    const store = new MemoryOrderStore();
    const unreachable = new Error('unreachable');
    let calls = 0;
    const fences = createFences(
      {
        position: (group, partition) => store.position(group, partition),
        fences: async () => {
          calls += 1;
          if (calls === 1) throw unreachable;
          return [fence('s', 2, 10)];
        },
      },
      GROUP,
    );
    // The log does not assign the partition before this resolves, and retries until it does.
    await expect(fences.positionOf(0)).rejects.toBe(unreachable);
    await fences.positionOf(0);
    expect(fences.rejects(0, 11, { saleId: 's', epoch: 1 })).toBe(true);
  });
});
