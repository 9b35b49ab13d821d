import { describe, expect, it } from 'vitest';
import { backoff, retry } from './retry.ts';

const PAUSES = { baseMs: 10, capMs: 100 };

function failing(times: number) {
  let calls = 0;
  const work = async () => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  };
  return { work, calls: () => calls };
}

describe('backoff', () => {
  it('draws each pause between the base and three times the previous one', () => {
    const longest = backoff(PAUSES, () => 1);
    expect([longest(), longest(), longest(), longest()]).toEqual([30, 90, 100, 100]);
    const shortest = backoff(PAUSES, () => 0);
    expect([shortest(), shortest()]).toEqual([10, 10]);
  });
});

describe('retry', () => {
  const wait = async () => undefined;

  it('retries until the work succeeds, and reports each failure with the pause that follows', async () => {
    const reported: unknown[] = [];
    const onRetry = (error: unknown, pauseMs: number) => reported.push([(error as Error).message, pauseMs]);
    expect(await retry(failing(2).work, { ...PAUSES, wait, onRetry, random: () => 0 })).toBe(3);
    expect(reported).toEqual([
      ['failure 1', 10],
      ['failure 2', 10],
    ]);
  });

  it('rejects with the last error after its attempts', async () => {
    const { work, calls } = failing(9);
    await expect(retry(work, { ...PAUSES, wait, attempts: 3 })).rejects.toThrow('failure 3');
    expect(calls()).toBe(3);
  });

  it('rejects at once with an error that is not retryable', async () => {
    const { work, calls } = failing(9);
    await expect(retry(work, { ...PAUSES, wait, retryable: () => false })).rejects.toThrow('failure 1');
    expect(calls()).toBe(1);
  });

  it('rejects with the reason of its signal while it waits', async () => {
    const controller = new AbortController();
    const onRetry = () => queueMicrotask(() => controller.abort(new Error('stopping')));
    const options = { baseMs: 60_000, capMs: 60_000, signal: controller.signal, onRetry };
    await expect(retry(failing(9).work, options)).rejects.toThrow('stopping');
  });
});
