import { describe, expect, it } from 'vitest';
import { sharedRead } from './shared-read.ts';

describe('a shared reading', () => {
  it('is new for each call that comes alone, and one for all that come while it runs', async () => {
    let reads = 0;
    const read = sharedRead(
      async () => {
        reads += 1;
        return reads;
      },
      () => 0,
    );
    expect([await read(), await read()]).toEqual([1, 2]);
    expect(await Promise.all([read(), read(), read()])).toEqual([3, 3, 3]);
  });

  it("is made ten times a second at most: the next calls wait, and share the next second's", async () => {
    let reads = 0;
    let now = 5;
    const waits: number[] = [];
    const read = sharedRead(
      async () => {
        reads += 1;
        return reads;
      },
      () => now,
      async (ms) => {
        waits.push(ms);
        now += ms;
      },
    );
    for (let n = 0; n < 10; n += 1) await read();
    expect([reads, waits]).toEqual([10, []]);
    now = 105;
    expect(await Promise.all([read(), read()])).toEqual([11, 11]);
    expect(waits).toEqual([900]);
    expect(await read()).toBe(12);
    expect(waits).toEqual([900]);
  });

  it('that failed is made again', async () => {
    let reads = 0;
    const read = sharedRead(
      async () => {
        reads += 1;
        if (reads === 1) throw new Error('failed');
        return reads;
      },
      () => 0,
    );
    await expect(read()).rejects.toThrow('failed');
    expect(await read()).toBe(2);
  });
});
