import { describe, expect, it } from 'vitest';
import { reservationOf } from './ledger-entry.ts';

describe('reservationOf', () => {
  it.each([
    ['ada', 'k:1'],
    ['two words\nand a line', 'k: 3 '],
    ['Zoë 🎟', 'k:ключ'],
  ])('splits user %j and key %j where the user ends, counted in bytes', (userId, key) => {
    const entry = `17 1700000000000 3 ${Buffer.byteLength(userId)} ${userId}${key}`;
    expect(reservationOf('A', entry)).toEqual({ orderId: 'A', ticket: 17, userId, key, reservedAt: 1_700_000_000_000 });
  });

  it('throws on a malformed entry', () => {
    expect(() => reservationOf('A', '17 soon')).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });
});
