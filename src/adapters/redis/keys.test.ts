import { describe, expect, it } from 'vitest';
import { keysOf } from './keys.ts';

describe('keysOf', () => {
  it('puts the sale into the hash tag', () => {
    expect(keysOf('floodgate:', 'sale-1', ['meta', 'queue'])).toEqual([
      'floodgate:{sale-1}:meta',
      'floodgate:{sale-1}:queue',
    ]);
  });

  it.each([
    ['a{b', 'sale-1'],
    ['floodgate:', 'sale}1'],
  ])('rejects braces, which would change the hash tag (%s, %s)', (prefix, saleId) => {
    expect(() => keysOf(prefix, saleId, ['meta'])).toThrow(RangeError);
  });
});
