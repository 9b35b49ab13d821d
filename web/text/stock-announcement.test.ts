import { describe, expect, it } from 'vitest';
import type { Phase } from '../../src/client/index.ts';
import { type Announced, announceStock } from './stock-announcement.ts';

function announcements(frames: readonly (readonly [Phase, number])[]): readonly string[] {
  let last: Announced | undefined;
  const texts: string[] = [];
  for (const [phase, remaining] of frames) {
    const { announced, text } = announceStock(last, { title: 'Night', phase, remaining, total: 1_000 });
    last = announced;
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

describe('what a screen reader announces about a stock', () => {
  it('is a handful of sentences for a sale of a thousand', () => {
    const falling = Array.from({ length: 1_000 }, (_, sold) => ['live', 1_000 - sold] as const);
    expect(announcements([['upcoming', 1_000], ...falling, ['sold_out', 0]])).toEqual([
      'Night: on sale now, 1,000 left',
      'Night: 749 left',
      'Night: 499 left',
      'Night: 249 left',
      'Night: 99 left',
      'Night: 49 left',
      'Night: 9 left',
      'Night: sold out',
    ]);
  });

  it('is nothing for the state when the page opens', () => {
    expect(announcements([['live', 3]])).toEqual([]);
  });

  it('is not repeated for tickets that are returned and sold again', () => {
    expect(
      announcements([
        ['live', 500],
        ['live', 499],
        ['live', 500],
        ['live', 499],
      ]),
    ).toEqual(['Night: 499 left']);
  });

  it('includes a sold-out sale that has tickets again, and the end of a sale', () => {
    expect(
      announcements([
        ['live', 1],
        ['sold_out', 0],
        ['live', 1],
        ['ended', 1],
      ]),
    ).toEqual(['Night: sold out', 'Night: on sale now, 1 left', 'Night: the sale is over']);
  });
});
