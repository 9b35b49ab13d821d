import { describe, expect, it } from 'vitest';
import { adminRig } from '../../../test/support/admin-rig.ts';
import { tokenOf } from '../../../test/support/route-caller.ts';

const PATH = '/v1/admin/tokens/revocations';
const NOW = '2030-01-01T00:00:00.000Z';

describe('the revocation of tokens', () => {
  it('is of all tokens issued so far, or before a time, and is announced', async () => {
    const { admin, tokenRevocations, published } = adminRig();
    expect(await admin('POST', PATH, { body: { userId: 'u1' } })).toEqual({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      json: { userId: 'u1', notBefore: NOW },
    });
    const earlier = await admin('POST', PATH, { body: { userId: '!~', before: '2029-12-31T23:00:00+01:00' } });
    expect(earlier.json).toEqual({ userId: '!~', notBefore: '2029-12-31T22:00:00.000Z' });
    expect(await tokenRevocations.list({ after: '', limit: 9 })).toEqual([
      { userId: '!~', notBefore: Date.UTC(2029, 11, 31, 22) },
      { userId: 'u1', notBefore: Date.parse(NOW) },
    ]);
    expect(published).toEqual([{ type: 'tokens' }, { type: 'tokens' }]);
  });

  it('answers with the time in force when more had been revoked', async () => {
    const { admin } = adminRig();
    await admin('POST', PATH, { body: { userId: 'u1' } });
    const { json } = await admin('POST', PATH, { body: { userId: 'u1', before: '2029-01-01T00:00:00Z' } });
    expect(json).toEqual({ userId: 'u1', notBefore: NOW });
  });

  it.each([
    [{}, '/userId'],
    [{ userId: '' }, '/userId'],
    [{ userId: 'with space' }, '/userId'],
    [{ userId: 'é' }, '/userId'],
    [{ userId: 'u'.repeat(129) }, '/userId'],
    [{ userId: 'u1', before: 'now' }, '/before'],
    [{ userId: 'u1', before: '2030-01-01T00:00:00.001Z' }, '/before'],
    [{ userId: 'u1', after: NOW }, '/after'],
  ])('refuses %j', async (body, path) => {
    const { admin, published } = adminRig();
    const { status, json } = await admin('POST', PATH, { body });
    expect(status).toBe(422);
    expect(json?.errors).toMatchObject([{ in: 'body', path }]);
    expect(published).toEqual([]);
  });

  it('is for admins', async () => {
    const { admin } = adminRig();
    for (const [authorization, status] of [
      ['', 401],
      [tokenOf('u1'), 403],
    ] as const) {
      expect((await admin('POST', PATH, { body: { userId: 'u2' }, authorization })).status).toBe(status);
    }
  });
});
