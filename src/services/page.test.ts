import { describe, expect, it } from 'vitest';
import { readPage } from './page.ts';

const numbers = (count: number) => async (limit: number) => Array.from({ length: Math.min(count, limit) }, (_, n) => n);

describe('readPage', () => {
  it('has the place of its last item where another page follows', async () => {
    expect(await readPage(3, numbers(4), (last) => `after ${last}`)).toEqual({ items: [0, 1, 2], next: 'after 2' });
  });

  it.each([0, 2, 3])('has none if there are %i of at most three', async (count) => {
    const { items, next } = await readPage(3, numbers(count), String);
    expect([items.length, next]).toEqual([count, undefined]);
  });
});
