import { describe, expect, it } from 'vitest';
import { settlesWithin, untilDone } from './retry.ts';

describe('untilDone', () => {
  it('tries again until it succeeds, and tells each failure', async () => {
    const failures: unknown[] = [];
    let tries = 0;
    const work = async () => {
      tries += 1;
      if (tries < 3) throw new Error(`no ${tries}`);
      return 'yes';
    };
    const { signal } = new AbortController();
    const onFailure = (error: unknown) => failures.push((error as Error).message);

    expect(await untilDone(work, { signal, onFailure })).toBe('yes');
    expect(failures).toEqual(['no 1', 'no 2']);
  });

  it('ends when it is told to, in the middle of a wait and before the first try', async () => {
    const end = new AbortController();
    const failing = untilDone(() => Promise.reject(new Error('no')), {
      signal: end.signal,
      onFailure: () => end.abort(),
    });
    expect(await failing).toBeUndefined();
    expect(await untilDone(async () => 'yes', { signal: end.signal })).toBeUndefined();
  });
});

describe('settlesWithin', () => {
  it('tells whether a promise settled, one way or the other', async () => {
    expect(await settlesWithin(Promise.resolve(), 1000)).toBe(true);
    expect(await settlesWithin(Promise.reject(new Error('no')), 1000)).toBe(true);
    expect(await settlesWithin(new Promise(() => undefined), 1)).toBe(false);
  });
});
