import type { SqlDatabase } from './connect.ts';

/**
 * Tickets `t` with their orders `o`, read along the key of the tickets: left to itself a server may begin with the orders, and
 * read all of a sale.
 */
export const TICKETS_WITH_ORDERS = {
  sqlite: 'order_tickets t CROSS JOIN orders o ON o.id = t.order_id',
  mysql: 'order_tickets t STRAIGHT_JOIN orders o ON o.id = t.order_id',
} as const satisfies Record<SqlDatabase['dialect'], string>;
