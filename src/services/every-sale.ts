import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';

const PAGE = 200;

/** All sales behind `after`, by id, read a page at a time. */
export async function* everySale(
  catalogue: Pick<Catalogue, 'sales'>,
  options: { readonly includeDrafts: boolean; readonly after?: string },
): AsyncGenerator<Sale> {
  let { after } = options;
  for (;;) {
    const page = await catalogue.sales({
      limit: PAGE,
      includeDrafts: options.includeDrafts,
      ...(after === undefined ? {} : { after }),
    });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}
