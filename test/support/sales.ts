import type { Sale } from '../../src/domain/sale.ts';

/** A published sale that is open for an hour around the start of a {@link import('./fakes/manual-clock.ts').ManualClock}. */
export function aSale(changes: Partial<Sale> = {}): Sale {
  return {
    id: 'sale-1',
    productId: 'product-1',
    title: 'A thing',
    description: 'Scarce.',
    price: { amount: 12_999, currency: 'USD' },
    total: 10,
    perBuyerLimit: 1,
    opensAt: Date.UTC(2030, 0, 1) - 1_800_000,
    closesAt: Date.UTC(2030, 0, 1) + 1_800_000,
    payWithinSeconds: 600,
    status: 'published',
    epoch: 1,
    version: 1,
    ...changes,
  };
}
