import type { Sale } from '../domain/sale.ts';
import type { Catalogue, SaleQuery } from '../ports/catalogue.ts';

const PAGE = 200;

/** All sales that the query asks for, by id, read a page at a time. */
export async function* everySale(
  catalogue: Pick<Catalogue, 'sales'>,
  query: Omit<SaleQuery, 'limit'>,
): AsyncGenerator<Sale> {
  let page = await catalogue.sales({ ...query, limit: PAGE });
  for (;;) {
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    page = await catalogue.sales({ ...query, limit: PAGE, after: last.id });
  }
}
