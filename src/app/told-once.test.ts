import { expect, test } from 'vitest';
import { toldOnce } from './told-once.ts';

test('a reason is told once in a row, and anew after another or after all was well', () => {
  const told: string[] = [];
  const tell = toldOnce((reason) => told.push(reason));
  for (const reason of ['refused', 'refused', 'timeout', 'refused', undefined, undefined, 'refused']) tell(reason);
  expect(told).toEqual(['refused', 'timeout', 'refused', 'refused']);
});
