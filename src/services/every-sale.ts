import type { Sale } from '../domain/sale.ts';
import type { Catalogue, SaleQuery } from '../ports/catalogue.ts';

const PAGE_SIZE = 200;

/** All sales that match the query, in the order of their ids, read page by page. Errors: those of the catalogue. */
export async function* everySale(
  catalogue: Pick<Catalogue, 'sales'>,
  query: Omit<SaleQuery, 'limit'>,
): AsyncGenerator<Sale> {
  let page = await catalogue.sales({ ...query, limit: PAGE_SIZE });
  for (;;) {
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_SIZE) return;
    page = await catalogue.sales({ ...query, limit: PAGE_SIZE, after: last.id });
  }
}
