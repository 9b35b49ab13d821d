import { describe, expect, it } from 'vitest';
import { createRequestIds } from './request-id.ts';

describe('createRequestIds', () => {
  const requestIdOf = createRequestIds();

  it('keeps an id that is safe to repeat', () => {
    for (const id of ['a', 'A.b:c_d-9', 'x'.repeat(128)]) expect(requestIdOf(id)).toBe(id);
  });

  it('replaces any other id by a unique one', () => {
    const bad = ['', ' ', 'a b', 'x'.repeat(129), 'a\r\nb', 'a\nb', 'a\n', '"', 'é', '\0'];
    const made = [...bad, ...bad].map(requestIdOf).concat(bad.map(createRequestIds()));
    for (const id of made) expect(id).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
    expect(new Set(made).size).toBe(made.length);
  });
});
