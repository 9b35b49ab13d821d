import { expect, test } from 'vitest';
import { PackedIds } from './packed-ids.ts';

test.each(['0ABCDEFGHJKMNP', 'x', 'sixteen-letters!', 'more-than-sixteen-of-them', 'ünï', 'a b', '\u0000', '\u0141'])(
  'returns the id that was stored: %j',
  (id) => {
    const ids = new PackedIds(3);
    ids.set(1, id);
    expect([0, 1, 2].map((n) => ids.get(n))).toEqual(['', id, '']);
    expect([0, 1, 2].map((n) => ids.has(n))).toEqual([false, true, false]);
    ids.set(1, 'other');
    expect(ids.get(1)).toBe('other');
  },
);

test('compares ids, packed or not', () => {
  const [a, b] = [new PackedIds(6), new PackedIds(6)];
  const pairs = [
    ['', ''],
    ['one', 'one'],
    ['one', 'two'],
    ['', 'one'],
    ['an id that is too long', 'an id that is too long'],
    ['an id that is too long', 'another that is too long'],
  ] as const;
  pairs.forEach(([x, y], n) => {
    if (x !== '') a.set(n, x);
    if (y !== '') b.set(n, y);
  });
  expect(pairs.map((_, n) => a.same(n, b))).toEqual([true, true, false, false, true, false]);
});

test('grows', () => {
  const ids = new PackedIds(0);
  for (let n = 0; n < 1000; n += 1) ids.set(n, `id-${n}`);
  expect(Array.from({ length: 1000 }, (_, n) => ids.get(n))).toEqual(Array.from({ length: 1000 }, (_, n) => `id-${n}`));
  expect(ids.has(5000)).toBe(false);
});
