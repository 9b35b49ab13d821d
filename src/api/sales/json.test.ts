import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aSale } from '../../../test/support/sales.ts';
import { PHASES } from '../../domain/sale.ts';
import type { SaleView } from '../../services/sales.ts';
import { createSaleWriter, serialiseSale } from './json.ts';

const SALES = [
  aSale(),
  aSale({ title: '","serverTime":"' }),
  aSale({ id: 'sale-2', imageUrl: 'https://a.example/"\\' }),
];

const aView: fc.Arbitrary<SaleView> = fc.record({
  sale: fc.constantFrom(...SALES),
  remaining: fc.integer({ min: 0, max: 2 }),
  phase: fc.constantFrom(...PHASES),
  serverTime: fc.integer({ min: 0, max: 4_000_000_000_000 }),
});

describe('createSaleWriter', () => {
  it('writes the same bytes as the serialiser for any sequence of views', () => {
    fc.assert(
      fc.property(fc.array(aView, { minLength: 1, maxLength: 20 }), (views) => {
        const write = createSaleWriter();
        expect(views.map(write)).toEqual(views.map(serialiseSale));
      }),
      { numRuns: 300 },
    );
  });
});
