import { describe, expect, it } from 'vitest';
import { reservationOf } from './ledger-entry.ts';

describe('reservationOf', () => {
  it.each([
    ['ada', 'k:1'],
    ['two words\nand a line', 'k: 3 '],
    ['Zoë 🎟', 'k:ключ'],
  ])('splits user %j and key %j where the user ends, counted in bytes', (userId, key) => {
    const [rest, reservedAt] = [`1700000000000 3 ${Buffer.byteLength(userId)} ${userId}${key}`, 1_700_000_000_000];
    expect(reservationOf('A', `17 ${rest}`)).toEqual({ orderId: 'A', tickets: [17], userId, key, reservedAt });
    expect(reservationOf('A', `7,9,10 ${rest}`)).toEqual({
      orderId: 'A',
      tickets: [7, 9, 10],
      userId,
      key,
      reservedAt,
    });
  });

  it.each(['17 soon', '17, 1 1 1 uk:1', ',17 1 1 1 uk:1', '1,,7 1 1 1 uk:1'])(
    'throws on a malformed entry: %s',
    (entry) => {
      expect(() => reservationOf('A', entry)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    },
  );
});
