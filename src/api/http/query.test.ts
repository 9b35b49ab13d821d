import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { Limit } from './page.ts';
import { queryReader } from './query.ts';

const read = queryReader(
  Type.Object({ name: Type.Optional(Type.String({ maxLength: 3 })), limit: Limit }, { additionalProperties: false }),
);

describe('queryReader', () => {
  it('fills in defaults', () => {
    expect(read('')).toEqual({ ok: true, value: { limit: 20 } });
  });

  it('decodes percent-encoding', () => {
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
  ])('refuses %s and names the parameter', (query, path) => {
    expect(read(query)).toEqual({ ok: false, errors: [expect.objectContaining({ in: 'query', path })] });
  });

  it('limits the number of errors', () => {
    const query = Array.from({ length: 1000 }, (_, n) => `x${n}=1`).join('&');
    const result = read(query);
    expect(result.ok ? [] : result.errors).toHaveLength(10);
  });
});
