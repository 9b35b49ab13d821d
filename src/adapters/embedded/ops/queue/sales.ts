import type { Db } from '../../database.ts';
import { SALE_COLUMNS, type SaleRow } from './sale.ts';

/** A sale's row with the greatest of its order ids, '' if it has none. */
export interface NewestSaleRow extends SaleRow {
  readonly newest: string;
}

const NEWEST = `coalesce((SELECT max(order_id) FROM queue_reservation WHERE sale = s.n), '')`;

const SALE_ROWS = `
SELECT json_group_array(json_array(s.id, ${SALE_COLUMNS.map((column) => `s.${column}`).join(', ')}, ${NEWEST})) AS rows
FROM json_each(?) AS i CROSS JOIN queue_sale AS s ON s.id = i.value AND s.removed = 0`;

/** By id; unknown and removed sales are not in it. As one text: passing each value to JavaScript by itself costs more. */
export function saleRows(db: Db, saleIds: readonly string[]): ReadonlyMap<string, NewestSaleRow> {
  const result = db.get<{ rows: string }>(SALE_ROWS, JSON.stringify(saleIds));
  const rows = JSON.parse(result?.rows ?? '[]') as readonly (readonly [string, ...number[], string])[];
  return new Map(rows.map(([id, ...values]) => [id, rowOf(values)]));
}

function rowOf(values: readonly (number | string)[]): NewestSaleRow {
  const columns = SALE_COLUMNS.map((column, i) => [column, values[i]]);
  return Object.fromEntries([...columns, ['newest', values.at(-1)]]) as NewestSaleRow;
}
