import { Type } from '@sinclair/typebox';

/*
 * A cursor is the last id of the page before, as hex. To callers it is opaque; hex, because a pattern can then say
 * exactly which cursors are good, so that nothing has to be checked behind the schema.
 */
const SALE_ID_CHARACTER = '2d|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a]';
const ORDER_ID_CHARACTER = '3[0-9]|4[1-8abde]|5[0-46-9a]';

const description = 'The `nextCursor` of the page before.';

export const SaleCursor = Type.String({ pattern: `^(?:${SALE_ID_CHARACTER}){1,64}$`, description });
export const OrderCursor = Type.String({ pattern: `^(?:${ORDER_ID_CHARACTER}){14}$`, description });

/** Of versions, in decimal. */
export const VersionCursor = Type.String({ pattern: '^3[1-9](?:3[0-9]){0,8}$', description });

export function cursorOf(id: string): string {
  return Buffer.from(id, 'latin1').toString('hex');
}

/** The id in a cursor that its schema has let through. */
export function idOfCursor(cursor: string): string {
  return Buffer.from(cursor, 'hex').toString('latin1');
}
