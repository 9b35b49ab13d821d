import { describe, expect, it } from 'vitest';
import type { HttpMethod, HttpRoute } from '../../ports/http.ts';
import { createAllowedMethods } from './allowed-methods.ts';

function route(method: HttpMethod, pattern: string): HttpRoute {
  return { method, pattern, handle: () => {} };
}

const allowed = createAllowedMethods([
  route('GET', '/v1/sales'),
  route('GET', '/v1/sales/:saleId'),
  route('PATCH', '/v1/sales/:saleId'),
  route('POST', '/v1/sales/:saleId/purchases'),
]);

describe('createAllowedMethods', () => {
  it('lists the methods of all patterns that match, HEAD with GET, and OPTIONS', () => {
    expect(allowed('/v1/sales')).toEqual(['GET', 'HEAD', 'OPTIONS']);
    expect(allowed('/v1/sales/x')).toEqual(['GET', 'HEAD', 'PATCH', 'OPTIONS']);
    expect(allowed('/v1/sales/x/purchases')).toEqual(['POST', 'OPTIONS']);
  });

  it('lists none for a path that no pattern matches', () => {
    for (const path of ['', '/', '/v1', '/v1/sales/', '/v1/sales//purchases', '/v1/salesx', '/v1.sales']) {
      expect(allowed(path)).toEqual([]);
    }
  });
});
