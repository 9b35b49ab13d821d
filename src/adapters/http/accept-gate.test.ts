import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AcceptState } from '../../ports/http.ts';
import { watchDescriptors } from './accept-gate.ts';
import { limitIn, processDescriptors } from './descriptors.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A process with so many descriptors open, of 1,000 by default: 64 of them are the reserve. */
function rig({ limit }: { readonly limit: number | undefined } = { limit: 1000 }) {
  const process = { open: 100, max: limit ?? 1000 };
  const calls: string[] = [];
  const states: AcceptState[] = [];
  const hooks: { resume: () => Promise<void> } = { resume: async () => void calls.push('resume') };
  const gate = watchDescriptors({
    pause: () => calls.push('pause'),
    resume: () => hooks.resume(),
    onAccepting: (state) => states.push(state),
    descriptors: {
      limit,
      lowestFree: () => (process.open < process.max ? process.open : undefined),
      hasFree: (count) => process.open + count <= process.max,
    },
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { process, calls, states, hooks, gate, pass };
}

describe('a front short of file descriptors', () => {
  it('stops to accept connections once, at the reserve, and accepts again when twice the reserve is free', async () => {
    const { process, calls, states, pass } = rig();
    process.open = 935;
    await pass(1000);
    expect(calls).toEqual([]);
    process.open = 936;
    await pass(10_000);
    expect(calls).toEqual(['pause']);
    process.open = 873;
    await pass(10_000);
    expect(calls).toEqual(['pause']);
    process.open = 872;
    await pass(1000);
    expect(calls).toEqual(['pause', 'resume']);
    expect(states).toEqual([
      { accepting: false, limit: 1000 },
      { accepting: true, limit: 1000 },
    ]);
  });

  it('stays closed for a second, however soon descriptors are free', async () => {
    const { process, calls, pass } = rig();
    process.open = 1000;
    await pass(100);
    process.open = 0;
    await pass(999);
    expect(calls).toEqual(['pause']);
    await pass(1);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('keeps an eighth of a small limit, and notices the limit itself where the system does not name it', async () => {
    const small = rig({ limit: 240 });
    small.process.open = 210;
    await small.pass(100);
    expect(small.calls).toEqual(['pause']);

    const unnamed = rig({ limit: undefined });
    unnamed.process.open = 999;
    await unnamed.pass(1000);
    expect(unnamed.calls).toEqual([]);
    unnamed.process.open = 1000;
    await unnamed.pass(100);
    expect(unnamed.calls).toEqual(['pause']);
  });

  it('tries to listen again until it succeeds, and says why it does not', async () => {
    const { process, calls, states, hooks, pass } = rig();
    process.open = 1000;
    await pass(100);
    process.open = 10;
    const { resume } = hooks;
    hooks.resume = async () => Promise.reject(new Error('port 80 is in use by another process'));
    await pass(2000);
    expect(states.slice(1)).toEqual(
      Array(2).fill({ accepting: false, limit: 1000, because: 'port 80 is in use by another process' }),
    );
    hooks.resume = resume;
    await pass(1000);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('closes the socket that was being opened when it was stopped, and watches no longer', async () => {
    const { process, calls, states, hooks, gate, pass } = rig();
    process.open = 1000;
    await pass(100);
    process.open = 10;
    let opened = () => {};
    hooks.resume = () =>
      new Promise<void>((resolve) => {
        opened = resolve;
      });
    await pass(1000);
    gate.stop();
    opened();
    await pass(0);
    expect(calls).toEqual(['pause', 'pause']);
    process.open = 1000;
    await pass(10_000);
    expect(calls).toEqual(['pause', 'pause']);
    expect(states).toEqual([{ accepting: false, limit: 1000 }]);
  });
});

describe('the descriptors of this process', () => {
  it('are counted without keeping any', () => {
    const { lowestFree, hasFree } = processDescriptors();
    const before = lowestFree();
    expect(hasFree(10)).toBe(true);
    expect(lowestFree()).toBe(before);
  });

  it.each([
    ['Max open files            1024                 524288               files     \n', 1024],
    ['Max cpu time  unlimited\nMax open files            65536                65536                files', 65_536],
    ['Max open files            unlimited            unlimited            files', undefined],
    ['', undefined],
  ])('have the limit that the system names: %j', (text, limit) => {
    expect(limitIn(text)).toBe(limit);
  });
});
