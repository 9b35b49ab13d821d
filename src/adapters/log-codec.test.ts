import { describe, expect, it } from 'vitest';
import type { FenceRecord, LoggedReservation, ReservationsRecord } from '../domain/log-record.ts';
import { decodeRecord, encodeRecord } from './log-codec.ts';

const RECORD: ReservationsRecord = {
  type: 'reservations',
  saleId: 'sale "1"',
  productId: 'product-1',
  epoch: 3,
  price: { amount: 12_999, currency: 'USD' },
  payWithinSeconds: 900,
  items: [
    {
      orderId: '01ARZ3NDEKTSV4',
      tickets: [7],
      userId: 'Zoë\n\u{1F3AB}',
      key: 'k:\\1',
      reservedAt: 1_760_000_000_123,
      requestId: 'r-1',
    },
  ],
};

/** The text of RECORD with another value, given as JSON, which not every number survives. */
function withJson(field: string, json: string): string {
  const text = encodeRecord(RECORD);
  const changed = text.replace(new RegExp(`"${field}":("(?:[^"\\\\]|\\\\.)*"|\\d+)`), `"${field}":${json}`);
  if (changed === text) throw new Error(`${field} is not in ${text}`);
  return changed;
}

/** The text of RECORD with other fields in its item, and a second item that is well-formed. */
function withTickets(tickets: readonly unknown[] | undefined, fields: object = {}): string {
  const [item] = RECORD.items;
  return JSON.stringify({
    ...RECORD,
    items: [
      { ...item, tickets, ...fields },
      { ...item, tickets: [1, 2] },
    ],
  });
}

function ticketsTo(last: number): number[] {
  return Array.from({ length: last }, (_, n) => n + 1);
}

const FENCE: FenceRecord = { type: 'fence', saleId: 'sale-1', epoch: 4 };

describe('the log codec', () => {
  it('decodes what it encoded', () => {
    expect(decodeRecord(encodeRecord(RECORD))).toEqual({ record: RECORD });
    expect(decodeRecord(encodeRecord(FENCE))).toEqual({ record: FENCE });
  });

  it('keeps the tickets of an item, one or several', () => {
    const [item] = RECORD.items as [LoggedReservation];
    const items = [[7], [8, 9], [10], ticketsTo(20), [1, 2 ** 31 - 1]].map((tickets) => ({ ...item, tickets }));
    const record: ReservationsRecord = { ...RECORD, items };

    expect(decodeRecord(encodeRecord(record))).toEqual({ record });
  });

  it('writes one ticket as a number, and several as an array', () => {
    const [item] = RECORD.items as [LoggedReservation];
    const text = encodeRecord({ ...RECORD, items: [item, { ...item, tickets: [8, 9] }] });
    const { tickets: _, ...rest } = item;

    expect(JSON.parse(text)).toEqual({
      ...RECORD,
      items: [
        { ...rest, ticket: 7 },
        { ...rest, tickets: [8, 9] },
      ],
    });
  });

  it('encodes known fields only', () => {
    const [item] = RECORD.items;
    const wider = { ...RECORD, secret: 1, items: [{ ...item, secret: 2 }] } as unknown as ReservationsRecord;

    expect(encodeRecord(wider)).toBe(encodeRecord(RECORD));
  });

  it.each([
    ['malformed JSON', '{"type":', /JSON/],
    ['empty text', '', /JSON/],
    ['another type', JSON.stringify({ ...RECORD, type: 'unheard of' }), /\/type/],
    ['a fence without an epoch', JSON.stringify({ ...FENCE, epoch: undefined }), /epoch/],
    ['a fence of no sale', JSON.stringify({ ...FENCE, saleId: '' }), /\/saleId/],
    ['no sale', JSON.stringify({ ...RECORD, saleId: undefined }), /saleId/],
    ['no items', JSON.stringify({ ...RECORD, items: [] }), /\/items/],
    ['a ticket that is not a number', encodeRecord(RECORD).replace('"ticket":7', '"ticket":"7"'), /\/items\/0\/ticket/],
    ['tickets that are not numbers', withTickets([1, '2']), /\/items\/0\/tickets\/1/],
    ['tickets beyond the bounds', withTickets([1, 2 ** 31]), /\/items\/0\/tickets\/1/],
    ['tickets from 0 on', withTickets([0, 1]), /\/items\/0\/tickets\/0/],
    ['no ticket', withTickets(undefined), /\/items\/0 /],
    ['an empty list of tickets', withTickets([]), /\/items\/0\/tickets/],
    ['a list of one ticket', withTickets([7]), /\/items\/0\/tickets/],
    ['too many tickets', withTickets(ticketsTo(21)), /\/items\/0\/tickets/],
    ['a ticket that comes twice', withTickets([7, 7]), /\/items\/0 /],
    ['tickets that do not ascend', withTickets([7, 9, 8]), /\/items\/0 /],
    ['a ticket and tickets', withTickets([7, 8], { ticket: 7 }), /\/items\/0 /],
    ['null', 'null', /object/],
  ])('reports what is wrong with %s', (_, text, reason) => {
    expect(decodeRecord(text)).toEqual({ record: undefined, error: expect.stringMatching(reason) });
  });

  it.each([
    ['epoch', '1e300'],
    ['epoch', '9223372036854775808'],
    ['epoch', '2147483648'],
    ['ticket', '2147483648'],
    ['ticket', '1e300'],
    ['reservedAt', '9007199254740991'],
    ['amount', '9007199254740992'],
    ['payWithinSeconds', '1e15'],
    ['userId', '"a\\ud800"'],
    ['userId', '"\\udc00b"'],
    ['userId', '"a\\u0000b"'],
    ['key', '"k:\\ud83d"'],
    ['orderId', '"\\udfff"'],
    ['saleId', '"\\ud800"'],
    ['saleId', `"${'s'.repeat(65)}"`],
    ['productId', '"\\ud800"'],
    ['requestId', '"\\ud800"'],
  ])('refuses a record that no store can keep: %s %s', (field, json) => {
    expect(decodeRecord(withJson(field, json))).toEqual({
      record: undefined,
      error: expect.stringContaining(field),
    });
  });

  it.each(['1e300', '9223372036854775808', '2147483648', '-1', '0.5'])('refuses a fence of epoch %s', (epoch) => {
    const text = `{"type":"fence","saleId":"sale-1","epoch":${epoch}}`;
    expect(decodeRecord(text)).toEqual({ record: undefined, error: expect.stringContaining('/epoch') });
    const fence: FenceRecord = { ...FENCE, epoch: Number(epoch) };
    expect(() => encodeRecord(fence)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('decodes the greatest values that every store can keep', () => {
    const [item] = RECORD.items as [LoggedReservation];
    const greatest: ReservationsRecord = {
      ...RECORD,
      saleId: 's'.repeat(64),
      epoch: 2 ** 31 - 1,
      price: { amount: Number.MAX_SAFE_INTEGER, currency: 'USD' },
      items: [{ ...item, tickets: [2 ** 31 - 1], userId: '\u{10ffff}', reservedAt: 2 ** 45 - 1 }],
    };
    expect(decodeRecord(encodeRecord(greatest))).toEqual({ record: greatest });
  });
});
