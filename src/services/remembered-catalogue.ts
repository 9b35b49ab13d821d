import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import { KnownSales, type KnownSalesPorts } from './known-sales.ts';
import { SingleFlight } from './single-flight.ts';

/** How often the catalogue is asked whether a sale has changed: one published since can't have a due order yet. */
const READ_EVERY_MS = 1000;

export interface RememberedCatalogue extends Pick<Catalogue, 'sales' | 'salesRevision'> {
  /** Every sale, of any status, in the order of ids; the same array until one changes. Errors: those of the catalogue. */
  all(): Promise<readonly Sale[]>;
}

/**
 * The sales of a catalogue from memory, for work that looks at all of them several times a second: the catalogue is asked
 * once a second, for all callers, whether any has changed. Errors: those of the catalogue; the next call asks again.
 */
export function rememberedCatalogue(ports: KnownSalesPorts): RememberedCatalogue {
  const known = new KnownSales(ports, { includeDrafts: true });
  const reads = new SingleFlight();
  const refresh = async (): Promise<void> => {
    if (!known.known(READ_EVERY_MS - 1))
      await reads.run(
        'sales',
        () => known.refresh(),
        () => undefined,
      );
  };
  return {
    all: async () => {
      await refresh();
      return known.all;
    },
    sales: async (query) => {
      // A later page is of the same reading as the first one, as far as possible.
      if (query.after === undefined) await refresh();
      return known.page(query);
    },
    salesRevision: async () => {
      await refresh();
      return known.revision as number;
    },
  };
}
