import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { Limit } from './common-schemas.ts';
import { cursorOf, idOfCursor, OrderCursor, SaleCursor } from './cursor.ts';
import { queryReader } from './query.ts';

const read = queryReader(
  Type.Object({ name: Type.Optional(Type.String({ maxLength: 3 })), limit: Limit }, { additionalProperties: false }),
);

describe('queryReader', () => {
  it('fills in what has a default', () => {
    expect(read('')).toEqual({ ok: true, value: { limit: 20 } });
  });

  it('decodes what is encoded', () => {
    expect(read('name=%C3%A9+%26&limit=7')).toEqual({ ok: true, value: { name: 'é &', limit: 7 } });
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=07x', '/limit'],
    ['limit=1e1', '/limit'],
    ['limit=%201', '/limit'],
    ['limit', '/limit'],
    ['name=long', '/name'],
    ['name=a&name=b', '/name'],
    ['other=1', '/other'],
    ['constructor=1', '/constructor'],
    ['__proto__=1', '/__proto__'],
  ])('refuses %s and says where', (query, path) => {
    expect(read(query)).toEqual({ ok: false, errors: [expect.objectContaining({ in: 'query', path })] });
  });

  it('names no more errors than a person reads', () => {
    const query = Array.from({ length: 1000 }, (_, n) => `x${n}=1`).join('&');
    const result = read(query);
    expect(result.ok ? [] : result.errors).toHaveLength(10);
  });
});

describe('a cursor', () => {
  it('is good by its pattern exactly when it holds an id', () => {
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
