import type { Sale } from '../../src/domain/sale.ts';

/** A published sale whose texts and numbers an incorrect store would corrupt. */
export function awkwardSale(parts: Partial<Sale> & Pick<Sale, 'id'>): Sale {
  return {
    productId: 'product-1',
    title: 'Headphones “One” – 50 % off',
    description: 'Line one\nline two \u{1F3A7}',
    imageUrl: "https://example.com/a.png?x=1&y='2'",
    price: { amount: Number.MAX_SAFE_INTEGER, currency: 'USD' },
    total: 1_000_000,
    perBuyerLimit: 2,
    opensAt: 1_750_000_000_001,
    closesAt: 1_750_000_060_002,
    payWithinSeconds: 600,
    status: 'published',
    epoch: 1,
    version: 1,
    ...parts,
  };
}
