import type { Catalogue } from '../../ports/catalogue.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { insertOnce } from './insert-once.ts';
import { ProductEntity, productOfRow, rowOfProduct } from './product-entity.ts';
import { createSaleHistory, insertSaleChange } from './sale-changes.ts';
import { rowOfSale, SaleEntity, saleOfRow } from './sale-entity.ts';

/** The condition of `isPublic` (domain/sale.ts). */
const PUBLIC = { status: { $in: ['published', 'paused', 'closed', 'archived'] as const } };

/** The length is compared because MySQL ignores trailing spaces; in a delete, ids cannot be compared afterwards. */
const REMOVE_UNSOLD =
  'DELETE FROM products WHERE id = ? AND LENGTH(id) = LENGTH(?) AND NOT EXISTS (SELECT 1 FROM sales WHERE product_id = ?)';

/** A new sale has version 1, each change raises its version by one, and so does the removal of a draft. */
const REVISION = `SELECT (SELECT COALESCE(SUM(version), 0) FROM sales) +
  (SELECT COALESCE(SUM(version), 0) FROM removed_sales) AS revision`;

const REMOVE_DRAFT = "DELETE FROM sales WHERE id = ? AND LENGTH(id) = LENGTH(?) AND version = ? AND status = 'draft'";

const INSERT_REMOVED = 'INSERT INTO removed_sales (sale_id, version, removed_at, removed_by) VALUES (?, ?, ?, ?)';

/** The catalogue in either dialect. */
export function createSqlCatalogue(database: SqlDatabase): Catalogue {
  const product: Catalogue['product'] = (productId) =>
    withSqlFaults('reading a product', async () => {
      const row = await database.em().findOne(ProductEntity, { id: productId });
      return row === null || row.id !== productId ? undefined : productOfRow(row);
    });

  return {
    sale: (saleId) =>
      withSqlFaults('reading a sale', async () => {
        const row = await database.em().findOne(SaleEntity, { id: saleId });
        // MySQL ignores trailing spaces when it compares text.
        return row === null || row.id !== saleId ? undefined : saleOfRow(row);
      }),

    salesRevision: () =>
      withSqlFaults('reading the revision of the sales', async () => {
        const [row] = await database.rows<{ revision: number | string | null }>(REVISION);
        return Number(row?.revision ?? 0);
      }),

    sales: ({ after, limit, includeDrafts, endsAfter }) =>
      withSqlFaults('reading sales', async () => {
        const where = {
          ...(after === undefined ? {} : { id: { $gt: after } }),
          ...(endsAfter === undefined ? {} : { closesAt: { $gt: endsAfter } }),
          ...(includeDrafts ? {} : PUBLIC),
        };
        const rows = await database.em().find(SaleEntity, where, { orderBy: { id: 'asc' }, limit });
        return rows.map(saleOfRow);
      }),

    addSale: (sale) => withSqlFaults('adding a sale', () => insertOnce(database, SaleEntity, rowOfSale(sale))),

    saveSale: (sale, change) =>
      withSqlFaults('saving a sale', async () => {
        const { id, ...row } = rowOfSale(sale);
        const stored = { id, version: sale.version - 1 };
        if (change === undefined) return (await database.em().nativeUpdate(SaleEntity, stored, row)) === 1;
        const update = database.em().createQueryBuilder(SaleEntity).update(row).where(stored);
        const params = update.getParams() as (string | number | null)[];
        return database.runThen({ sql: update.getQuery(), params }, insertSaleChange(sale, change));
      }),

    removeDraft: ({ id, version }, { at, by }) =>
      withSqlFaults('removing a draft', () =>
        database.runThen(
          { sql: REMOVE_DRAFT, params: [id, id, version] },
          { sql: INSERT_REMOVED, params: [id, version + 1, at, by] },
        ),
      ),

    ...createSaleHistory(database),

    product,

    products: ({ after, limit }) =>
      withSqlFaults('reading products', async () => {
        const where = after === undefined ? {} : { id: { $gt: after } };
        const rows = await database.em().find(ProductEntity, where, { orderBy: { id: 'asc' }, limit });
        return rows.map(productOfRow);
      }),

    addProduct: (fresh) =>
      withSqlFaults('adding a product', () => insertOnce(database, ProductEntity, rowOfProduct(fresh))),

    saveProduct: (changed) =>
      withSqlFaults('saving a product', async () => {
        const { id, ...row } = rowOfProduct(changed);
        return (await database.em().nativeUpdate(ProductEntity, { id, version: changed.version - 1 }, row)) === 1;
      }),

    removeProduct: async (productId) => {
      const removed = await withSqlFaults('removing a product', () =>
        database.run(REMOVE_UNSOLD, productId, productId, productId),
      );
      if (removed === 1) return 'removed';
      return (await product(productId)) === undefined ? 'unknown' : 'inUse';
    },
  };
}
