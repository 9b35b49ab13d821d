import { expect, test } from 'vitest';
import { Random } from '../simulator/core/random.ts';
import type { Fault } from './faults.ts';
import { shuffled } from './schedule.ts';

const fault = (name: string, cards: number): Fault => ({ name, cards, strike: async () => {} });
const FAULTS = [fault('a', 3), fault('b', 1), fault('c', 5), fault('d', 1)];

/** The names in the order in which they are dealt. */
const dealt = (seed: number) =>
  shuffled(FAULTS, new Random(seed))
    .map(({ name }) => name)
    .reverse();

test('deals the same faults for the same seed, and others for another seed', () => {
  expect(dealt(7)).toEqual(dealt(7));
  expect(new Set([1, 2, 3, 4, 5].map((seed) => dealt(seed).join(''))).size).toBeGreaterThan(1);
});

test('deals each card, and each kind once before any is repeated', () => {
  for (const seed of [1, 2, 3]) {
    expect([...dealt(seed)].sort().join('')).toBe('aaabcccccd');
    expect([...dealt(seed).slice(0, 4)].sort().join('')).toBe('abcd');
  }
});
