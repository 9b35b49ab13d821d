import { expect, test } from 'vitest';
import { logOnChange } from './log-on-change.ts';

test('a reason is told once in a row, and anew after another or after all was well', () => {
  const told: string[] = [];
  const tell = logOnChange((reason) => told.push(reason));
  for (const reason of ['refused', 'refused', 'timeout', 'refused', undefined, undefined, 'refused']) tell(reason);
  expect(told).toEqual(['refused', 'timeout', 'refused', 'refused']);
});
