import { describe, expect, it } from 'vitest';
import { routesWith, tokenOf } from '../../../test/support/route-caller.ts';

const REBUILD = '/v1/admin/sales/:saleId/live/rebuild';

describe('a rebuild of the live figures', () => {
  const rebuilding = (rebuildLive: NonNullable<Parameters<typeof routesWith>[0]['rebuildLive']>) => {
    const call = routesWith({ rebuildLive });
    return (saleId = 'sale_1', role: 'buyer' | 'admin' = 'admin') =>
      call('POST', REBUILD, { params: [saleId], authorization: tokenOf('boss', role) });
  };

  it('answers with what it has found', async () => {
    const rebuild = rebuilding(async (saleId) => ({ saleId, reserved: 9, changed: 2, since: 0 }));
    expect(JSON.parse((await rebuild()).body)).toEqual({ saleId: 'sale_1', reserved: 9, changed: 2 });
  });

  it.each([
    [1_893_456_000, '2030-01-01T00:00:00.000Z'],
    [Number.MAX_SAFE_INTEGER, '9999-12-31T23:59:59.000Z'],
  ])('says since when the log has all records: %d', async (since, text) => {
    const rebuild = rebuilding(async (saleId) => ({ saleId, reserved: 9, changed: 2, since }));
    expect(JSON.parse((await rebuild()).body)).toMatchObject({ since: text });
  });

  it('is refused for an unknown sale, while others wait, and to buyers', async () => {
    expect((await rebuilding(async () => undefined)()).status).toBe(404);
    expect(await rebuilding(async () => 'busy')()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect((await rebuilding(async () => 'busy')('sale_1', 'buyer')).status).toBe(403);
  });
});
