import { expect, test } from 'vitest';
import { BuyerCounts } from './buyer-counts.ts';

test('counts each buyer separately, whatever their number and whichever slots they hash to', () => {
  const counts = new BuyerCounts();
  // The table has 1,024 slots at first: these all hash to the same ones.
  const buyers = Array.from({ length: 3000 }, (_, n) => 1 + 1024 * (n % 1500) + 2 ** 40);
  for (const buyer of buyers) counts.add(buyer);
  counts.add(7);
  for (let n = 0; n < 3; n += 1) counts.add(9);
  expect(counts.size).toBe(1502);
  expect(counts.most).toBe(3);
  expect(counts.above(1).size).toBe(1501);
  expect([...counts.above(2)]).toEqual([9]);
});
