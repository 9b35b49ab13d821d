import { expect, test } from 'vitest';
import { DEADLOCK_ATTEMPTS, DUPLICATE_KEY, retryDeadlocks } from './deadlock-retry.ts';

function failing(errno: number, times: number): { readonly run: () => Promise<string>; readonly calls: () => number } {
  let calls = 0;
  return {
    run: async () => {
      calls += 1;
      if (calls <= times) throw Object.assign(new Error('no'), { errno });
      return 'done';
    },
    calls: () => calls,
  };
}

const noPause = async () => undefined;

test.each([1213, 1205, 1020])('repeats a transaction that the server rolled back with error %i', async (errno) => {
  const { run, calls } = failing(errno, 3);
  await expect(retryDeadlocks(run, { wait: noPause })).resolves.toBe('done');
  expect(calls()).toBe(4);
});

test('repeats a transaction after an error that its caller names', async () => {
  const { run, calls } = failing(1062, 3);
  await expect(retryDeadlocks(run, { alsoAfter: DUPLICATE_KEY, wait: noPause })).resolves.toBe('done');
  expect(calls()).toBe(4);
});

test('repeats nothing after another error', async () => {
  const { run, calls } = failing(1062, 1);
  await expect(retryDeadlocks(run, { wait: noPause })).rejects.toMatchObject({ errno: 1062 });
  expect(calls()).toBe(1);
});

test('gives up with the last error after its attempts', async () => {
  const { run, calls } = failing(1213, Number.POSITIVE_INFINITY);
  await expect(retryDeadlocks(run, { wait: noPause })).rejects.toMatchObject({ errno: 1213 });
  expect(calls()).toBe(DEADLOCK_ATTEMPTS);
});
