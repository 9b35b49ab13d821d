import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '../../../test/support/deferred.ts';
import { batchPublished } from './published-batcher.ts';

type Sent = readonly [saleId: string, epoch: number, orderIds: readonly string[]];

function setUp() {
  const sent: Sent[] = [];
  const answers: ReturnType<typeof deferred<void>>[] = [];
  const batcher = batchPublished((...call) => {
    sent.push(call);
    const answer = deferred<void>();
    answers.push(answer);
    return answer.promise;
  }, 10);
  return { batcher, sent, answers };
}

describe('batchPublished', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sends the orders of several purchase batches in one call, a moment after the first', async () => {
    const { batcher, sent } = setUp();
    void batcher.add('sale', 1, ['a', 'b']);
    await vi.advanceTimersByTimeAsync(9);
    void batcher.add('sale', 1, ['c']);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([['sale', 1, ['a', 'b', 'c']]]);
  });

  it('starts a new batch after that', async () => {
    const { batcher, sent } = setUp();
    void batcher.add('sale', 1, ['a']);
    await vi.advanceTimersByTimeAsync(10);
    void batcher.add('sale', 1, ['b']);
    await vi.advanceTimersByTimeAsync(10);
    expect(sent.map(([, , orderIds]) => orderIds)).toEqual([['a'], ['b']]);
  });

  it('mixes neither sales nor epochs', async () => {
    const { batcher, sent } = setUp();
    void batcher.add('sale', 1, ['a']);
    void batcher.add('other', 1, ['b']);
    void batcher.add('sale', 2, ['c']);
    void batcher.add('sale', 1, ['d']);
    await vi.advanceTimersByTimeAsync(10);
    expect(sent).toEqual([
      ['sale', 1, ['a', 'd']],
      ['other', 1, ['b']],
      ['sale', 2, ['c']],
    ]);
  });

  it('settles each caller as its own call does, unaffected by the failure of others', async () => {
    const { batcher, answers } = setUp();
    const both = Promise.allSettled([batcher.add('sale', 1, ['a']), batcher.add('sale', 1, ['b'])]);
    const other = batcher.add('other', 1, ['c']);
    await vi.advanceTimersByTimeAsync(10);
    answers[0]?.reject(new Error('unavailable'));
    answers[1]?.resolve();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(other).resolves.toBeUndefined();
  });

  it('flushes what is waiting at once, and resolves when it was answered, successfully or not', async () => {
    const { batcher, sent, answers } = setUp();
    const marked = batcher.add('sale', 1, ['a']);
    marked.catch(() => {});
    let flushed = false;
    const flushing = batcher.flush().then(() => {
      flushed = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(1);
    expect(flushed).toBe(false);
    answers[0]?.reject(new Error('unavailable'));
    await flushing;
    await expect(marked).rejects.toThrow('unavailable');
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(1);
  });

  it('waits for earlier calls in a flush, and waits for each only once', async () => {
    const { batcher, answers } = setUp();
    void batcher.add('sale', 1, ['a']);
    await vi.advanceTimersByTimeAsync(10);
    let flushed = false;
    const flushing = batcher.flush().then(() => {
      flushed = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(flushed).toBe(false);
    answers[0]?.resolve();
    await flushing;
    await batcher.flush();
  });
});
