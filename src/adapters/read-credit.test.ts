import { describe, expect, it } from 'vitest';
import { ReadCredit } from './read-credit.ts';

const LONG_MS = 60_000;

describe('the credit of a reader', () => {
  it('is used up and given back', () => {
    const credit = new ReadCredit(4);
    credit.take(3);
    expect(credit.room).toBe(1);
    credit.give(2);
    expect(credit.room).toBe(3);
  });

  it('has room for a read only when half of it is free', () => {
    const credit = new ReadCredit(4);
    credit.take(4);
    credit.give(1);
    expect(credit.hasRoom).toBe(false);
    credit.give(1);
    expect(credit.hasRoom).toBe(true);
  });

  it('serves a reader of single entries', () => {
    const credit = new ReadCredit(1);
    expect(credit.hasRoom).toBe(true);
    credit.take(1);
    expect(credit.hasRoom).toBe(false);
  });

  it('ends the wait for room when enough is given back, when woken, and in time', async () => {
    const credit = new ReadCredit(2);
    await credit.waitForRoom(LONG_MS);
    credit.take(2);
    const given = credit.waitForRoom(LONG_MS);
    credit.give(1);
    await given;
    credit.take(1);
    const woken = credit.waitForRoom(LONG_MS);
    credit.wake();
    await woken;
    await credit.waitForRoom(1);
    expect(credit.hasRoom).toBe(false);
  });
});
