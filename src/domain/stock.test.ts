import { expect, it } from 'vitest';
import { stockVersion } from './stock.ts';

it('orders versions by epoch, then by changes', () => {
  const versions = [stockVersion(1, 0), stockVersion(1, 2 ** 32 - 1), stockVersion(2, 0), stockVersion(2, 1)];

  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
});

it('stays exact for two million epochs', () => {
  expect(Number.isSafeInteger(stockVersion(2 ** 21 - 1, 2 ** 32 - 1))).toBe(true);
});
