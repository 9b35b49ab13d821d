import type { Catalogue } from '../../ports/catalogue.ts';
import type { SqlDatabase } from './connect.ts';
import { guarded } from './faults.ts';
import { ProductEntity } from './product-entity.ts';
import { rowOfSale, SaleEntity, saleOfRow } from './sale-entity.ts';

/** The catalogue in either dialect. */
export function createSqlCatalogue(database: SqlDatabase): Catalogue {
  return {
    sale: (saleId) =>
      guarded('reading a sale', async () => {
        const row = await database.em().findOne(SaleEntity, { id: saleId });
        // MySQL compares text without its trailing spaces.
        return row === null || row.id !== saleId ? undefined : saleOfRow(row);
      }),

    sales: ({ after, limit, includeDrafts }) =>
      guarded('reading sales', async () => {
        const where = {
          ...(after === undefined ? {} : { id: { $gt: after } }),
          ...(includeDrafts ? {} : { status: { $in: ['published', 'closed'] as const } }),
        };
        const rows = await database.em().find(SaleEntity, where, { orderBy: { id: 'asc' }, limit });
        return rows.map(saleOfRow);
      }),

    putProduct: ({ imageUrl, ...product }) =>
      guarded('storing a product', async () => {
        const row = { ...product, imageUrl: imageUrl ?? null };
        await database.em().createQueryBuilder(ProductEntity).insert(row).onConflict('id').merge();
      }),

    putSale: (sale) =>
      guarded('storing a sale', async () => {
        await database.em().createQueryBuilder(SaleEntity).insert(rowOfSale(sale)).onConflict('id').merge();
      }),
  };
}
