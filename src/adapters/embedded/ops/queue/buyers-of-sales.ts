import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { ANY, ANY_OF_ONE, type Asked, addIndexed, askedIn, type Indexed, KnownBuyers, NO_COUNTS } from './buyers.ts';
import { isCounted } from './holdings.ts';
import type { NewestSaleRow } from './sales.ts';

/** The purchases of one sale among others. */
export interface SaleItems {
  readonly row: NewestSaleRow;
  readonly items: readonly ReserveItem[];
}

/** A value of one of the sales. */
type OfSale<Values extends readonly unknown[]> = readonly [sale: number, ...values: Values];

/** `knownBuyers` for several sales, each once, with as many statements as for one. In their order. */
export function knownBuyersOf(db: Db, sales: readonly SaleItems[]): readonly KnownBuyers[] {
  const asked = sales.map(({ row, items }) => askedIn(items, () => row.newest));
  const counts = holdingsOf(db, sales, asked);
  const found = indexedOf(db, sales, asked);
  return sales.map(({ row: { n } }, i) => {
    const known = new KnownBuyers(db, n, counts.get(n) ?? NO_COUNTS);
    addIndexed(db, n, known, asked[i] as Asked, found.get(n) ?? []);
    return known;
  });
}

const HOLDINGS = `
SELECT json_group_array(json_array(h.sale, h.buyer, h.held)) AS rows
FROM json_each(?1) AS u CROSS JOIN queue_holding AS h ON h.sale = u.value ->> 0 AND h.buyer = u.value ->> 1`;

/** By the sale's number, and the buyer. */
function holdingsOf(
  db: Db,
  sales: readonly SaleItems[],
  asked: readonly Asked[],
): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const counts = new Map<number, Map<string, number>>();
  const wanted: OfSale<[string]>[] = [];
  sales.forEach(({ row: { n, per_buyer } }, i) => {
    if (!isCounted(per_buyer)) return;
    counts.set(n, new Map());
    for (const user of asked[i]?.users ?? []) wanted.push([n, user]);
  });
  if (wanted.length === 0) return counts;
  for (const [n, user, held] of rowsOf<[string, number]>(db, HOLDINGS, wanted)) counts.get(n)?.set(user, held);
  return counts;
}

/** `indexed` in buyers.ts, with the sale in each value. What is found twice answers twice, with the same. */
const indexedAmong = (among: string) => `
SELECT json_group_array(json_array(sale, order_id, buyer, key, held)) AS rows FROM (
  SELECT r.sale, r.order_id, r.buyer, r.key, r.held
  FROM json_each(?1) AS u CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
    ON r.sale = u.value ->> 0 AND r.buyer = u.value ->> 1 AND r.held > 0
  UNION ALL
  SELECT r.sale, r.order_id, r.buyer, r.key, 0
  FROM json_each(?2) AS i CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
    ON r.sale = i.value ->> 0 AND r.buyer = i.value ->> 1 AND ${among} AND r.key = i.value ->> 2
  UNION ALL
  SELECT r.sale, r.order_id, r.buyer, r.key, 0
  FROM json_each(?3) AS o CROSS JOIN queue_reservation AS r
    ON r.sale = o.value ->> 0 AND r.order_id = o.value ->> 1 AND ${among})`;

const INDEXED_OF_ONE = indexedAmong(ANY_OF_ONE);
const INDEXED = indexedAmong(ANY);

/** By the sale's number. */
function indexedOf(
  db: Db,
  sales: readonly SaleItems[],
  asked: readonly Asked[],
): ReadonlyMap<number, readonly Indexed[]> {
  const users: OfSale<[string]>[] = [];
  const keys: OfSale<[string, string]>[] = [];
  const orderIds: OfSale<[string]>[] = [];
  let isUsual = true;
  sales.forEach(({ row: { n, per_buyer, several, forfeits } }, i) => {
    const own = asked[i] as Asked;
    if (!isCounted(per_buyer)) for (const user of own.users) users.push([n, user]);
    for (const key of own.keys.values()) keys.push([n, ...key]);
    for (const orderId of own.orderIds) orderIds.push([n, orderId]);
    if (several !== 0 || forfeits !== 0) isUsual = false;
  });
  const found = new Map<number, Indexed[]>();
  if (users.length + keys.length + orderIds.length === 0) return found;
  const sql = isUsual ? INDEXED_OF_ONE : INDEXED;
  for (const [n, ...row] of rowsOf<Indexed>(db, sql, users, keys, orderIds)) {
    const own = found.get(n);
    if (own === undefined) found.set(n, [row]);
    else own.push(row);
  }
  return found;
}

function rowsOf<Row extends readonly unknown[]>(
  db: Db,
  sql: string,
  ...params: readonly (readonly unknown[])[]
): readonly OfSale<Row>[] {
  const result = db.get<{ rows: string }>(sql, ...params.map((values) => JSON.stringify(values)));
  return JSON.parse(result?.rows ?? '[]');
}
