import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capturedEvent, parseEvent } from './event.ts';

const order = { id: '1JG8Z5E4T00000', tickets: [7], price: { amount: 12_999, currency: 'USD' } };
const event = JSON.parse(capturedEvent(order, Date.UTC(2026, 0, 2))) as { readonly data: object };

function parsed(json: unknown) {
  return parseEvent(Buffer.from(JSON.stringify(json)));
}

describe('an event', () => {
  it('is written as documented', () => {
    expect(event).toEqual({
      id: 'evt_1JG8Z5E4T00000',
      type: 'payment.captured',
      createdAt: '2026-01-02T00:00:00.000Z',
      data: { paymentId: 'pay_1JG8Z5E4T00000', orderId: order.id, amount: 12_999, currency: 'USD' },
    });
  });

  it('of another type, or with more members, is accepted', () => {
    expect(parsed({ ...event, type: 'payment.disputed', more: 1 })).toMatchObject({ type: 'other' });
    expect(parsed({ ...event, more: 1 })).toMatchObject({ type: 'captured', amount: order.price });
  });

  it.each(['id', 'type', 'createdAt', 'data'])('without its %s is invalid', (member) => {
    expect(parsed({ ...event, [member]: undefined })).toBeUndefined();
  });

  it.each([
    ['paymentId', ''],
    ['paymentId', 'x'.repeat(256)],
    ['paymentId', 'a b'],
    ['orderId', 'a\nb'],
    ['orderId', 7],
    ['amount', -1],
    ['amount', 1.5],
    ['amount', '12999'],
    ['currency', 'usd'],
  ])('whose %s is %j is invalid', (member, value) => {
    expect(parsed({ ...event, data: { ...event.data, [member]: value } })).toBeUndefined();
  });

  it('is not found in arbitrary bytes, none of which makes the parser throw', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => parseEvent(bytes) === undefined));
    fc.assert(fc.property(fc.json(), (json) => parseEvent(Buffer.from(json)) === undefined));
  });
});
