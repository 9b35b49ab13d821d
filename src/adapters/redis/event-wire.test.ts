import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../../ports/event-bus.ts';
import { decodeEvents, encodeEvents } from './event-wire.ts';

const ORDER = {
  id: 'A',
  saleId: 's',
  productId: 'p',
  userId: 'Zoë "1"',
  tickets: [1],
  price: { amount: 1, currency: 'EUR' },
  state: 'paid',
  reservedAt: 1,
  payBy: 2,
  paidAt: 2,
} as const;
const EVENTS: readonly BusEvent[] = [
  { type: 'stock', saleId: 's', stock: { remaining: 0, version: 2 ** 32 } },
  { type: 'sale', saleId: 's' },
  { type: 'orders', orders: [ORDER] },
  { type: 'settings', version: 3 },
];

describe('events on the wire', () => {
  it('are decoded as they were encoded', () => {
    expect(decodeEvents(encodeEvents(EVENTS))).toEqual(EVENTS);
  });

  it.each([
    'not JSON',
    '',
    'null',
    '{"type":"sale","saleId":"s"}',
    '[null,1,"sale",[],{}]',
    '[{"type":"new in the next release","saleId":"s"}]',
    '[{"type":"sale"}]',
    '[{"type":"stock","saleId":"s"}]',
    '[{"type":"stock","saleId":"s","stock":{"remaining":-1,"version":1}}]',
    '[{"type":"stock","saleId":"s","stock":{"remaining":1,"version":"1"}}]',
    '[{"type":"orders","orders":{}}]',
    '[{"type":"settings"}]',
    '[{"type":"settings","version":-1}]',
    '[{"type":"orders","orders":[{"id":"A"}]}]',
  ])('are ignored when the text is %s', (text) => {
    expect(decodeEvents(text)).toEqual([]);
  });

  it('are decoded without those that are unknown', () => {
    expect(decodeEvents(`[{"type":"unknown"},${JSON.stringify(EVENTS[1])}]`)).toEqual([EVENTS[1]]);
  });
});
