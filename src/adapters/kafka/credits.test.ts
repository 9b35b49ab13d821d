import { describe, expect, it } from 'vitest';
import { Credits } from './credits.ts';

const LONG_MS = 60_000;

describe('credits', () => {
  it('count down to no room and back', () => {
    const credits = new Credits(4);
    credits.take(3);
    expect(credits.room).toBe(1);
    credits.give(2);
    expect(credits.room).toBe(3);
  });

  it('call for more only when half of the room is free', () => {
    const credits = new Credits(4);
    credits.take(4);
    credits.give(1);
    expect(credits.roomy).toBe(false);
    credits.give(1);
    expect(credits.roomy).toBe(true);
  });

  it('serve a reader with room for a single entry', () => {
    const credits = new Credits(1);
    expect(credits.roomy).toBe(true);
    credits.take(1);
    expect(credits.roomy).toBe(false);
  });

  it('end the wait for room when enough is given back, when woken, and in time', async () => {
    const credits = new Credits(2);
    await credits.roomAgain(LONG_MS);
    credits.take(2);
    const given = credits.roomAgain(LONG_MS);
    credits.give(1);
    await given;
    credits.take(1);
    const woken = credits.roomAgain(LONG_MS);
    credits.wake();
    await woken;
    await credits.roomAgain(1);
    expect(credits.roomy).toBe(false);
  });
});
