import { expect, it } from 'vitest';
import { answerWithinMs } from './answer-within.ts';

it.each([
  [100, 10_000],
  [2000, 10_000],
  [9000, 10_000],
  [9001, 10_001],
  [60_000, 61_000],
])('a purchase of at most %i ms is not cut short by the front', (deadlineMs, expected) => {
  expect(answerWithinMs(deadlineMs)).toBe(expected);
});
