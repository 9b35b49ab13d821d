/** What rows that cross to SQLite as strings are made of; see order-rows.ts for why. Widths are characters. */
import { ORDER_ID_LENGTH } from '../../domain/ids.ts';

export const ID = ORDER_ID_LENGTH;
/** More than a sale may have. */
export const TICKET = 10;

/** SQLite counts code points, of some of which JavaScript counts two: only in these ids a width is the same to both. */
const PLAIN_ID = new RegExp(`^[!-~]{${ID}}$`);

export function isPlainId(orderId: string): boolean {
  return PLAIN_ID.test(orderId);
}

/** A whole number from 0 on, of `width` digits at the most. */
export function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
