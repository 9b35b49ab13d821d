import { describe, expect, it } from 'vitest';
import { deferred, settled } from '../../../test/support/deferred.ts';
import { createLimiter } from './limiter.ts';

describe('the limiter', () => {
  it('runs so many at once and no more, the others in their order', async () => {
    const limited = createLimiter(2);
    const started: number[] = [];
    const ends = [0, 1, 2, 3].map(() => deferred());
    const all = ends.map((end, n) =>
      limited(async () => {
        started.push(n);
        await end.promise;
        return n;
      }),
    );
    await settled();
    expect(started).toEqual([0, 1]);
    ends[1]?.resolve();
    await settled();
    expect(started).toEqual([0, 1, 2]);
    for (const end of ends) end.resolve();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  });

  it('gives a failed task’s place to the next, and its error to who asked', async () => {
    const limited = createLimiter(1);
    const failed = limited(() => Promise.reject(new Error('no')));
    const next = limited(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await limited(async () => 'and on')).toBe('and on');
  });
});
