import { expect, test } from 'vitest';
import { logOnChange } from './log-on-change.ts';

test('a reason is logged once in a row, and again after another one or after recovery', () => {
  const logged: string[] = [];
  const logReason = logOnChange((reason) => logged.push(reason));
  for (const reason of ['refused', 'refused', 'timeout', 'refused', undefined, undefined, 'refused']) logReason(reason);
  expect(logged).toEqual(['refused', 'timeout', 'refused', 'refused']);
});
