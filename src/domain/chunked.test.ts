import { expect, it } from 'vitest';
import { chunked } from './chunked.ts';

it.each([
  [[], []],
  [['a'], [['a']]],
  [['a', 'b'], [['a', 'b']]],
  [
    ['a', 'b', 'c', 'd', 'e'],
    [['a', 'b'], ['c', 'd'], ['e']],
  ],
])('%j, two at a time', (items: readonly string[], chunks) => {
  expect(chunked(items, 2)).toEqual(chunks);
});
