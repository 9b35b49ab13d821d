import { expect, test } from 'vitest';
import { prefetch } from './prefetch.ts';

/** Yields 1, 2, 3 and records each request for a value, and the end. */
function source() {
  const requested: (number | string)[] = [];
  const values = async function* () {
    try {
      for (let n = 1; n <= 3; n += 1) {
        requested.push(n);
        yield n;
      }
    } finally {
      requested.push('end');
    }
  };
  return { requested, values: values() };
}

test('requests the next value before the caller is done with the last one', async () => {
  const { requested, values } = source();
  const seen: unknown[] = [];
  for await (const value of prefetch(values)) seen.push([value, [...requested]]);
  expect(seen).toEqual([
    [1, [1, 2]],
    [2, [1, 2, 3]],
    [3, [1, 2, 3, 'end']],
  ]);
});

test('ends the source when the caller stops', async () => {
  const { requested, values } = source();
  for await (const value of prefetch(values)) if (value === 1) break;
  expect(requested).toEqual([1, 2, 'end']);
});

test('rejects with the source’s error only after the values before it', async () => {
  const failing = async function* () {
    yield 1;
    throw new Error('down');
  };
  const seen: number[] = [];
  const read = async () => {
    for await (const value of prefetch(failing())) seen.push(value);
  };
  await expect(read()).rejects.toThrow('down');
  expect(seen).toEqual([1]);
});
