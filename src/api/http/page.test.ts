import { describe, expect, it } from 'vitest';
import { cursorOf, idOfCursor, OrderCursor, SaleCursor } from './page.ts';

describe('a cursor', () => {
  it('matches its pattern exactly when it holds an id', () => {
    const saleIds = ['a', 'Z', '0-_9', 'x'.repeat(64)];
    const orderIds = ['00000000000000', '1JG8Z5E4T0ZYXW', 'ABCDEFGHJKMNPQ', 'RSTVWXYZ012345'];
    for (const id of saleIds) expect(cursorOf(id)).toMatch(new RegExp(SaleCursor.pattern as string));
    for (const id of orderIds) expect(cursorOf(id)).toMatch(new RegExp(OrderCursor.pattern as string));
    for (const id of [...saleIds, ...orderIds]) expect(idOfCursor(cursorOf(id))).toBe(id);
    for (let code = 0; code < 256; code += 1) {
      const character = String.fromCharCode(code);
      const sale = new RegExp(SaleCursor.pattern as string).test(cursorOf(character));
      const order = new RegExp(OrderCursor.pattern as string).test(cursorOf(character.repeat(14)));
      expect(sale).toBe(/[A-Za-z0-9_-]/.test(character));
      expect(order).toBe(/[0-9A-HJKMNP-TV-Z]/.test(character));
    }
    expect(cursorOf('x'.repeat(65))).not.toMatch(new RegExp(SaleCursor.pattern as string));
  });
});
