import { expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { LongReads } from './long-reads.ts';

/** Reads that the test ends one by one. */
function rig(options = { maxWaiting: 2, waitMs: 100 }) {
  const begun: string[] = [];
  const ends = new Map<string, ReturnType<typeof deferred<string>>>();
  const clock = new ManualClock();
  const reads = new LongReads(
    (saleId) => {
      begun.push(saleId);
      const end = deferred<string>();
      ends.set(saleId, end);
      return end.promise;
    },
    clock,
    options,
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const end = async (saleId: string) => {
    ends.get(saleId)?.resolve(`${saleId} was read`);
    await turn();
  };
  return { begun, clock, reads, ends, end, turn };
}

it('reads one sale at a time, in the order in which they were asked for', async () => {
  const { begun, reads, end, turn } = rig();
  const results = Promise.all(['a', 'b', 'c'].map((saleId) => reads.run(saleId)));
  await turn();
  expect(begun).toEqual(['a']);
  await end('a');
  expect(begun).toEqual(['a', 'b']);
  await end('b');
  await end('c');
  expect(await results).toEqual(['a was read', 'b was read', 'c was read']);
});

it('shares a reading of the same sale, whether it runs or waits', async () => {
  const { begun, reads, end, turn } = rig();
  const results = Promise.all(['a', 'a', 'b', 'b'].map((saleId) => reads.run(saleId)));
  await turn();
  await end('a');
  await end('b');
  expect(await results).toEqual(['a was read', 'a was read', 'b was read', 'b was read']);
  expect(begun).toEqual(['a', 'b']);
});

it('begins nothing for one more when too many are waiting, and takes it later', async () => {
  const { reads, end, turn } = rig();
  const results = ['a', 'b', 'c'].map((saleId) => reads.run(saleId));
  expect(reads.run('d')).toBeUndefined();
  await turn();
  for (const saleId of ['a', 'b', 'c']) await end(saleId);
  await Promise.all(results);
  expect(reads.run('d')).toBeDefined();
});

it('goes on after a reading that failed', async () => {
  const { reads, ends, end, turn } = rig();
  const [first, second] = [reads.run('a'), reads.run('b')];
  await turn();
  const failed = expect(first).rejects.toThrow('no');
  ends.get('a')?.reject(new Error('no'));
  await failed;
  await turn();
  await end('b');
  expect(await second).toBe('b was read');
});

it('does not begin what has waited longer than its client does', async () => {
  const { begun, clock, reads, end, turn } = rig();
  const [, second] = [reads.run('a'), reads.run('b')];
  await turn();
  clock.advance(101);
  const failed = expect(second).rejects.toMatchObject({ code: 'timeout' });
  await end('a');
  await failed;
  expect(begun).toEqual(['a']);
});
