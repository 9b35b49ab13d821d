import { describe, expect, it } from 'vitest';
import type { FenceRecord, ReservationsRecord } from '../domain/log-record.ts';
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
      ticket: 7,
      userId: 'Zoë\n\u{1F3AB}',
      key: 'k:\\1',
      reservedAt: 1_760_000_000_123,
      requestId: 'r-1',
    },
  ],
};

const FENCE: FenceRecord = { type: 'fence', saleId: 'sale-1', epoch: 4 };

describe('the log codec', () => {
  it('decodes what it encoded', () => {
    expect(decodeRecord(encodeRecord(RECORD))).toEqual({ record: RECORD });
    expect(decodeRecord(encodeRecord(FENCE))).toEqual({ record: FENCE });
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
    ['null', 'null', /object/],
  ])('reports what is wrong with %s', (_, text, reason) => {
    expect(decodeRecord(text)).toEqual({ record: undefined, error: expect.stringMatching(reason) });
  });
});
