import { describe, expect, it } from 'vitest';
import type { Phase } from '../../src/client/index.ts';
import { type Spoken, spokenStock } from './spoken-stock.ts';

function listen(frames: readonly (readonly [Phase, number])[]): readonly string[] {
  let last: Spoken | undefined;
  const said: string[] = [];
  for (const [phase, remaining] of frames) {
    const { spoken, text } = spokenStock(last, { title: 'Night', phase, remaining, total: 1_000 });
    last = spoken;
    if (text !== undefined) said.push(text);
  }
  return said;
}

describe('what a screen reader says of a stock', () => {
  it('is a handful of sentences for a sale of a thousand', () => {
    const falling = Array.from({ length: 1_000 }, (_, sold) => ['live', 1_000 - sold] as const);
    expect(listen([['upcoming', 1_000], ...falling, ['sold_out', 0]])).toEqual([
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

  it('is nothing for what is on the page when it opens', () => {
    expect(listen([['live', 3]])).toEqual([]);
  });

  it('does not go to and fro with tickets that come back and go again', () => {
    expect(
      listen([
        ['live', 500],
        ['live', 499],
        ['live', 500],
        ['live', 499],
      ]),
    ).toEqual(['Night: 499 left']);
  });

  it('tells when a sold-out sale has tickets again, and when it is over', () => {
    expect(
      listen([
        ['live', 1],
        ['sold_out', 0],
        ['live', 1],
        ['ended', 1],
      ]),
    ).toEqual(['Night: sold out', 'Night: on sale now, 1 left', 'Night: the sale is over']);
  });
});
