import { describe, expect, it } from 'vitest';
import type { HttpMethod, HttpRoute } from '../../ports/http.ts';
import { Router } from './router.ts';

function route(method: HttpMethod, pattern: string): HttpRoute {
  return { method, pattern, handle: () => {} };
}

const router = new Router(
  [
    route('GET', '/v1/sales/:saleId'),
    route('GET', '/v1/sales/new'),
    route('GET', '/v1/sales'),
    route('POST', '/v1/sales/:saleId/buyers/:userId'),
  ],
  () => () => {},
);

function found(method: string, path: string) {
  const match = router.find(method, path);
  return match && [match.route.pattern, match.params];
}

describe('Router', () => {
  it('finds the route of a method and a path, and decodes its parameters', () => {
    expect(found('GET', '/v1/sales')).toEqual(['/v1/sales', []]);
    expect(found('GET', '/v1/sales/a%20b')).toEqual(['/v1/sales/:saleId', ['a b']]);
    expect(found('POST', '/v1/sales/a/buyers/b')).toEqual(['/v1/sales/:saleId/buyers/:userId', ['a', 'b']]);
    expect(found('GET', '/v1/sales/%zz')).toEqual(['/v1/sales/:saleId', undefined]);
  });

  it('prefers a pattern without parameters, and uses the route of GET for HEAD', () => {
    expect(found('GET', '/v1/sales/new')).toEqual(['/v1/sales/new', []]);
    expect(found('HEAD', '/v1/sales/x')).toEqual(['/v1/sales/:saleId', ['x']]);
  });

  it('finds none for another method, an empty parameter, or a longer or shorter path', () => {
    expect(found('POST', '/v1/sales')).toBeUndefined();
    expect(found('HEAD', '/v1/sales/a/buyers/b')).toBeUndefined();
    for (const path of ['', '/', '/v1', '/v1/sales/', '/v1/sales/a/', '/v1/salesx', '/V1/sales', 'v1/sales']) {
      expect(found('GET', path)).toBeUndefined();
    }
    expect(found('POST', '/v1/sales//buyers/b')).toBeUndefined();
  });
});
