import { ORDER_STATES, type Order } from '../../domain/order.ts';
import type { OrderSearch, OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase, SqlParameter } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { ORDER_COLUMNS, orderOfRaw, type RawOrder } from './raw-order.ts';

/** A statement, or a condition of one, with a parameter for each `?`. */
interface Sql {
  readonly sql: string;
  readonly params: readonly SqlParameter[];
}

/** What a page is sorted by, before the id; undefined: by the id alone. */
type Key = 'pay_by' | 'reserved_at' | undefined;

interface Place {
  readonly id: string;
  readonly pay_by: number;
  readonly reserved_at: number;
}

const PLACE = 'SELECT id, pay_by, reserved_at FROM orders WHERE id = ?';

const ORDERS_OF_TICKET = 'SELECT order_id FROM order_tickets WHERE sale_id = ? AND ticket = ?';

/** Of any sale: each order is looked at. */
const HAS_TICKET = {
  sqlite: "(ticket = ? OR instr(',' || more_tickets || ',', ',' || ? || ',') > 0)",
  mysql: '(ticket = ? OR FIND_IN_SET(?, more_tickets) > 0)',
} as const satisfies Record<SqlDatabase['dialect'], string>;

/** The id is ASCII and upper case; in MySQL the user's is binary, where letters have no case. */
const CONTAINS = {
  sqlite: '(instr(id, ?) > 0 OR instr(lower(user_id), ?) > 0)',
  mysql: '(INSTR(id, ?) > 0 OR INSTR(LOWER(CONVERT(user_id USING utf8mb4)) COLLATE utf8mb4_bin, ?) > 0)',
} as const satisfies Record<SqlDatabase['dialect'], string>;

/** Searches for admins, in either dialect; a thread of its own reads them where the driver would keep this one busy. */
export function createOrderSearch(database: SqlDatabase): Pick<OrderStore, 'search'> {
  return {
    search: (search) =>
      withSqlFaults('searching orders', async () => {
        const key = keyOf(search);
        const place = search.after === undefined ? undefined : await placeOf(search.after, key, database);
        if (place === 'unknown') return [];
        const { sql, params } = statementOf(search, key, place, database.dialect);
        return (await database.slowRows<RawOrder>(sql, ...params)).map((raw): Order => orderOfRaw(raw));
      }),
  };
}

/**
 * A sale's orders have one payment period, so its orders by their deadlines are its orders by their reservations: for each
 * state, the index on (sale, state, deadline) has them in this order, and the insert of an order keeps no further index.
 */
function keyOf({ saleId, userId }: OrderSearch): Key {
  if (userId !== undefined) return 'reserved_at';
  return saleId === undefined ? undefined : 'pay_by';
}

async function placeOf(id: string, key: Key, database: SqlDatabase): Promise<Place | 'unknown'> {
  if (key === undefined) return { id, pay_by: 0, reserved_at: 0 };
  const [place] = await database.rows<Place>(PLACE, id);
  return place ?? 'unknown';
}

function statementOf(search: OrderSearch, key: Key, place: Place | undefined, dialect: SqlDatabase['dialect']): Sql {
  const { saleId, userId, state, ticket, order, limit } = search;
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const sorted = `ORDER BY ${key === undefined ? '' : `${key} ${direction}, `}id ${direction} LIMIT ?`;
  const conditions = [...conditionsOf(search, dialect), ...(place === undefined ? [] : [behind(place, key, order)])];
  // A ticket of a sale has few orders, and a key of its own.
  if (key !== 'pay_by' || ticket !== undefined) {
    // Where the ticket's key names the sale, it must not be found by another index.
    const ofSale = ticket === undefined ? equal('sale_id', saleId) : [];
    const all = [...conditions, ...ofSale, ...equal('user_id', userId), ...equal('state', state)];
    const where = all.length === 0 ? '' : `WHERE ${all.map(({ sql }) => sql).join(' AND ')} `;
    return {
      sql: `SELECT ${ORDER_COLUMNS} FROM orders ${where}${sorted}`,
      params: [...all.flatMap(({ params }) => params), limit],
    };
  }
  const hint = dialect === 'mysql' ? 'FORCE INDEX (orders_state)' : 'INDEXED BY orders_state';
  const parts = (state === undefined ? ORDER_STATES : [state]).map((one, n): Sql => {
    const all = [...equal('sale_id', saleId), ...equal('state', one), ...conditions];
    const where = all.map(({ sql }) => sql).join(' AND ');
    return {
      sql: `SELECT * FROM (SELECT ${ORDER_COLUMNS} FROM orders ${hint} WHERE ${where} ${sorted}) AS part${n}`,
      params: [...all.flatMap(({ params }) => params), limit],
    };
  });
  return {
    sql: `${parts.map(({ sql }) => sql).join(' UNION ALL ')} ${sorted}`,
    params: [...parts.flatMap(({ params }) => params), limit],
  };
}

function conditionsOf({ saleId, ticket, from, to, text }: OrderSearch, dialect: SqlDatabase['dialect']): Sql[] {
  return [
    ...(ticket === undefined ? [] : [hasTicket(ticket, saleId, dialect)]),
    ...(from === undefined ? [] : [{ sql: 'reserved_at >= ?', params: [from] }]),
    ...(to === undefined ? [] : [{ sql: 'reserved_at < ?', params: [to] }]),
    ...(text === undefined ? [] : [{ sql: CONTAINS[dialect], params: [asciiUpper(text), asciiLower(text)] }]),
  ];
}

function hasTicket(ticket: number, saleId: string | undefined, dialect: SqlDatabase['dialect']): Sql {
  if (saleId === undefined) return { sql: HAS_TICKET[dialect], params: [ticket, String(ticket)] };
  return { sql: `id IN (${ORDERS_OF_TICKET})`, params: [saleId, ticket] };
}

/** Behind the last order of the page before. Without row values, for which MySQL uses no index. */
function behind({ id, ...place }: Place, key: Key, order: OrderSearch['order']): Sql {
  const beyond = order === 'newest' ? '<' : '>';
  if (key === undefined) return { sql: `id ${beyond} ?`, params: [id] };
  const at = place[key];
  return { sql: `${key} ${beyond}= ? AND (${key} ${beyond} ? OR id ${beyond} ?)`, params: [at, at, id] };
}

function equal(column: string, value: SqlParameter | undefined): Sql[] {
  return value === undefined ? [] : [{ sql: `${column} = ?`, params: [value] }];
}

/** As SQLite does: other letters keep their case, in both databases and in the fake. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function asciiUpper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
