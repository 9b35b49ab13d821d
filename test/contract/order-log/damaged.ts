import { encodeRecord } from '../../../src/adapters/log-codec.ts';
import { logRecord } from '../fixtures.ts';

/** Records as a damaged disk, or a program with a bug, might leave them. */
export function damagedRecords(): readonly (readonly [name: string, bytes: string | Buffer])[] {
  const text = encodeRecord(logRecord(2));
  const notUtf8 = Buffer.from(text);
  notUtf8[notUtf8.indexOf('Zoë') + 2] = 0xff;
  return [
    ['a fence of epoch 1e300', '{"type":"fence","saleId":"sale-1","epoch":1e300}'],
    ['a fence of epoch 2^63', '{"type":"fence","saleId":"sale-1","epoch":9223372036854775808}'],
    ['a fence of an endless sale id', `{"type":"fence","saleId":"${'s'.repeat(2000)}","epoch":2}`],
    ['a user id with a lone surrogate', text.replace('Zoë', 'Zo\\ud800')],
    ['a user id with a NUL', text.replace('Zoë', 'Zo\\u0000e')],
    ['a sale id with a lone surrogate', text.replace('sale-1', 'sale-\\udc00')],
    ['a ticket of 2^31', text.replace('"ticket":2', '"ticket":2147483648')],
    ['a ticket twice', text.replace('"ticket":2', '"tickets":[2,2]')],
    ['a time after the last order id', text.replace(/"reservedAt":\d+/, '"reservedAt":9007199254740991')],
    ['bytes that are not UTF-8', notUtf8],
    ['text with a NUL in it', '{"type":"fence"\0,"saleId":"sale-1","epoch":2}'],
  ];
}
