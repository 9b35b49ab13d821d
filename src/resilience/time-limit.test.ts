import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { withTimeLimit } from './time-limit.ts';

/** Timers that the test fires. */
function manualTimer() {
  let fire: (() => void) | undefined;
  return {
    after: (_ms: number, task: () => void) => {
      fire = task;
      return () => {
        fire = undefined;
      };
    },
    fire: () => fire?.(),
    armed: () => fire !== undefined,
  };
}

describe('withTimeLimit', () => {
  it('resolves as the work does in time, and leaves no timer behind', async () => {
    const timer = manualTimer();
    expect(await withTimeLimit(Promise.resolve(1), { ms: 5, onLate: () => 2, after: timer.after })).toBe(1);
    expect(timer.armed()).toBe(false);
  });

  it('rejects as the work does, and leaves no timer behind', async () => {
    const timer = manualTimer();
    const work = Promise.reject(new Error('broken'));
    await expect(withTimeLimit(work, { ms: 5, onLate: () => 2, after: timer.after })).rejects.toThrow('broken');
    expect(timer.armed()).toBe(false);
  });

  it('resolves with onLate’s result once the time is over, whatever the work does later', async () => {
    const timer = manualTimer();
    const work = deferred<number>();
    const limited = withTimeLimit(work.promise, { ms: 5, onLate: () => 'late', after: timer.after });
    timer.fire();
    work.reject(new Error('too late to matter'));
    expect(await limited).toBe('late');
  });

  it('rejects with what onLate throws', async () => {
    const timer = manualTimer();
    const limited = withTimeLimit(deferred<number>().promise, {
      ms: 5,
      onLate: () => {
        throw new Error('took too long');
      },
      after: timer.after,
    });
    timer.fire();
    await expect(limited).rejects.toThrow('took too long');
  });

  it('uses the event loop by default', async () => {
    expect(await withTimeLimit(deferred<number>().promise, { ms: 1, onLate: () => 'late' })).toBe('late');
  });
});
