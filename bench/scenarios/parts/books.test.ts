import { describe, expect, it } from 'vitest';
import { Books } from './books.ts';

describe('Books', () => {
  it('agree when every 201 is stored', () => {
    const books = new Books();
    books.add(100, 8);
    expect(books.verdict(100)).toMatchObject({ ok: true });
  });

  it('allow for what got no answer, and for no more', () => {
    const books = new Books();
    books.add(100, 8);
    books.add(50, 8);
    expect(books.verdict(166).ok).toBe(true);
    expect(books.verdict(167).ok).toBe(false);
  });

  it('disagree when a single 201 is not stored', () => {
    const books = new Books();
    books.add(100, 8);
    expect(books.verdict(99)).toEqual({
      ok: false,
      what: '100 answers 201, 99 stored orders (-1 without an answer, of at most 8)',
    });
  });

  it('allow for nothing when all were answered', () => {
    const books = new Books();
    books.add(100, 0);
    expect(books.verdict(100).ok).toBe(true);
    expect(books.verdict(101).ok).toBe(false);
  });
});
