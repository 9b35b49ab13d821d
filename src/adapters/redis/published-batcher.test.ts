import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '../../../test/support/deferred.ts';
import { shareMarks } from './shared-marks.ts';

type Sent = readonly [saleId: string, epoch: number, orderIds: readonly string[]];

function setUp() {
  const sent: Sent[] = [];
  const answers: ReturnType<typeof deferred<void>>[] = [];
  const marks = shareMarks((...call) => {
    sent.push(call);
    const answer = deferred<void>();
    answers.push(answer);
    return answer.promise;
  }, 10);
  return { marks, sent, answers };
}

describe('shareMarks', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sends the orders of several batches in one call, a moment after the first', async () => {
    const { marks, sent } = setUp();
    void marks.mark('sale', 1, ['a', 'b']);
    await vi.advanceTimersByTimeAsync(9);
    void marks.mark('sale', 1, ['c']);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([['sale', 1, ['a', 'b', 'c']]]);
  });

  it('begins anew for what comes after', async () => {
    const { marks, sent } = setUp();
    void marks.mark('sale', 1, ['a']);
    await vi.advanceTimersByTimeAsync(10);
    void marks.mark('sale', 1, ['b']);
    await vi.advanceTimersByTimeAsync(10);
    expect(sent.map(([, , orderIds]) => orderIds)).toEqual([['a'], ['b']]);
  });

  it('mixes neither sales nor epochs', async () => {
    const { marks, sent } = setUp();
    void marks.mark('sale', 1, ['a']);
    void marks.mark('other', 1, ['b']);
    void marks.mark('sale', 2, ['c']);
    void marks.mark('sale', 1, ['d']);
    await vi.advanceTimersByTimeAsync(10);
    expect(sent).toEqual([
      ['sale', 1, ['a', 'd']],
      ['other', 1, ['b']],
      ['sale', 2, ['c']],
    ]);
  });

  it("tells each who marked what came of the call, and the others' fault to nobody else", async () => {
    const { marks, answers } = setUp();
    const both = Promise.allSettled([marks.mark('sale', 1, ['a']), marks.mark('sale', 1, ['b'])]);
    const other = marks.mark('other', 1, ['c']);
    await vi.advanceTimersByTimeAsync(10);
    answers[0]?.reject(new Error('away'));
    answers[1]?.resolve();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(other).resolves.toBeUndefined();
  });

  it('flushes what waits at once, and resolves when it was answered, even if not well', async () => {
    const { marks, sent, answers } = setUp();
    const marked = marks.mark('sale', 1, ['a']);
    marked.catch(() => {});
    let flushed = false;
    const flushing = marks.flush().then(() => {
      flushed = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(1);
    expect(flushed).toBe(false);
    answers[0]?.reject(new Error('away'));
    await flushing;
    await expect(marked).rejects.toThrow('away');
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(1);
  });

  it('flushes what was sent before as well, and needs no answer twice', async () => {
    const { marks, answers } = setUp();
    void marks.mark('sale', 1, ['a']);
    await vi.advanceTimersByTimeAsync(10);
    let flushed = false;
    const flushing = marks.flush().then(() => {
      flushed = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(flushed).toBe(false);
    answers[0]?.resolve();
    await flushing;
    await marks.flush();
  });
});
