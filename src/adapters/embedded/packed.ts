/** Fixed-width fields of rows that are passed to SQLite as strings; see order-rows.ts for why. Widths are in characters. */
import { ORDER_ID_LENGTH } from '../../domain/ids.ts';

export const ID = ORDER_ID_LENGTH;
/** Enough digits for any ticket number of a sale. */
export const TICKET = 10;

/** SQLite counts code points, JavaScript UTF-16 units: widths agree in both only for ids of these characters. */
const PLAIN_ID = new RegExp(`^[!-~]{${ID}}$`);

export function isPlainId(orderId: string): boolean {
  return PLAIN_ID.test(orderId);
}

/** `value`: a whole number from 0 on, of `width` digits at most. */
export function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
