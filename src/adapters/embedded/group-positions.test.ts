import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from './engine-types.ts';
import { GroupPositions } from './group-positions.ts';

describe('the positions of groups', () => {
  const call = vi.fn<(op: string, args: unknown) => Promise<null>>();
  let positions: GroupPositions;

  beforeEach(() => {
    vi.useFakeTimers();
    call.mockReset().mockResolvedValue(null);
    positions = new GroupPositions({ call, close: () => Promise.resolve() } as unknown as Engine);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are saved once for many acknowledgements, the last of each group', () => {
    positions.set('a', 1);
    positions.set('b', 7);
    positions.set('a', 2);
    positions.set('a', 3);
    expect(call).not.toHaveBeenCalled();
    vi.runAllTimers();

    expect(call.mock.calls).toEqual([
      ['log.ack', { group: 'a', next: 3 }],
      ['log.ack', { group: 'b', next: 7 }],
    ]);
  });

  it('are saved at once by a flush, and not again by the timer', () => {
    positions.set('a', 1);
    positions.flush();
    expect(call).toHaveBeenCalledOnce();
    vi.runAllTimers();

    expect(call).toHaveBeenCalledOnce();
  });

  it('are kept for the next save if one fails', async () => {
    call.mockRejectedValueOnce(new Error('the disk is full'));
    positions.set('a', 1);
    positions.flush();
    await vi.advanceTimersByTimeAsync(0);
    positions.set('b', 2);
    vi.runAllTimers();

    expect(call.mock.calls.slice(1)).toEqual([
      ['log.ack', { group: 'a', next: 1 }],
      ['log.ack', { group: 'b', next: 2 }],
    ]);
  });

  it('do not go back if a save fails late', async () => {
    call.mockRejectedValueOnce(new Error('the disk is full'));
    positions.set('a', 1);
    positions.flush();
    positions.set('a', 2);
    await vi.advanceTimersByTimeAsync(0);
    vi.runAllTimers();

    expect(call.mock.calls.at(-1)).toEqual(['log.ack', { group: 'a', next: 2 }]);
  });
});
