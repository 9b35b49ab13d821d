import { describe, expect, it } from 'vitest';
import { adminRig } from '../../../test/support/admin-rig.ts';
import { tokenOf } from '../../../test/support/route-caller.ts';
import { aSettings } from '../../../test/support/settings.ts';

const ALL = '/v1/admin/settings';

describe('the settings', () => {
  it('have the values of the environment at first', async () => {
    const { admin } = adminRig();
    expect(await admin('GET', ALL)).toEqual({
      status: 200,
      headers: { etag: '"0"', 'cache-control': 'no-store' },
      json: { version: 0, settings: aSettings(), defaults: aSettings(), changed: [] },
    });
  });

  it('are changed by name, and reset by null', async () => {
    const { admin, published } = adminRig();
    const body = { logLevel: 'debug', purchase: { capacity: 5, soldOutMs: 0 }, breakers: { failureShare: 0.25 } };
    const changed = await admin('PATCH', ALL, { ifMatch: '"0"', body });
    const { purchase, breakers, ...rest } = aSettings();
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(changed.json).toEqual({
      version: 1,
      settings: {
        ...rest,
        logLevel: 'debug',
        purchase: { ...purchase, capacity: 5, soldOutMs: 0 },
        breakers: { ...breakers, failureShare: 0.25 },
      },
      defaults: aSettings(),
      changed: ['breakers.failureShare', 'logLevel', 'purchase.capacity', 'purchase.soldOutMs'],
    });
    expect(published).toEqual([{ type: 'settings', version: 1 }]);
    const back = await admin('PATCH', ALL, { body: { logLevel: null, purchase: { capacity: null, soldOutMs: null } } });
    expect(back.json).toMatchObject({ version: 2, changed: ['breakers.failureShare'] });
    expect((await admin('GET', ALL)).json).toEqual(back.json);
  });

  it('are answered 304 to a client that has the version', async () => {
    const { admin } = adminRig();
    expect(await admin('GET', ALL, { ifNoneMatch: '"0"' })).toMatchObject({ status: 304, headers: { etag: '"0"' } });
    await admin('PATCH', ALL, { body: { logLevel: 'warn' } });
    expect(await admin('GET', ALL, { ifNoneMatch: '"0"' })).toMatchObject({ status: 200, headers: { etag: '"1"' } });
  });

  it('are changed only in the version that If-Match names', async () => {
    const { admin } = adminRig();
    await admin('PATCH', ALL, { body: { logLevel: 'warn' } });
    const stale = await admin('PATCH', ALL, { ifMatch: '"0"', body: { logLevel: 'debug' } });
    expect(stale).toMatchObject({ status: 412, json: { code: 'stale' } });
    expect(await admin('PATCH', ALL, { ifMatch: '"1"', body: { logLevel: 'debug' } })).toMatchObject({ status: 200 });
    const either = await admin('PATCH', ALL, { ifMatch: '"1", "2"', body: { logLevel: 'info' } });
    expect(either).toMatchObject({ status: 200 });
  });

  it.each([
    [{}, ''],
    [{ purchase: {} }, '/purchase'],
    [{ purchase: null }, '/purchase'],
    [{ loglevel: 'debug' }, '/loglevel'],
    [{ logLevel: 'loud' }, '/logLevel'],
    [{ purchase: { capacity: 0 } }, '/purchase/capacity'],
    [{ purchase: { capacity: 1_000_001 } }, '/purchase/capacity'],
    [{ purchase: { capacity: 1.5 } }, '/purchase/capacity'],
    [{ purchase: { capacity: '5' } }, '/purchase/capacity'],
    [{ purchase: { batchSize: 257 } }, '/purchase/batchSize'],
    [{ purchase: { group: 'x' } }, '/purchase/group'],
    [{ breakers: { failureShare: 1 } }, '/breakers/failureShare'],
    [{ purchase: { deadlineMs: 2001 } }, '/purchase/deadlineMs'],
  ])('are refused as %j', async (body, path) => {
    const { admin, published } = adminRig();
    const answer = await admin('PATCH', ALL, { body });
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid' } });
    expect(answer.json?.errors).toContainEqual(expect.objectContaining({ in: 'body', path }));
    expect(published).toEqual([]);
  });

  it.each([
    ['GET', ALL],
    ['PATCH', ALL],
    ['GET', `${ALL}/history`],
  ] as const)('are for admins only: %s %s', async (method, pattern) => {
    const { admin } = adminRig();
    expect(await admin(method, pattern, { authorization: tokenOf('buyer') })).toMatchObject({ status: 403 });
    expect(await admin(method, pattern, { authorization: '' })).toMatchObject({ status: 401 });
  });
});

describe('the history of the settings', () => {
  it('lists who changed what and when, newest first, in pages', async () => {
    const { admin, clock } = adminRig();
    await admin('PATCH', ALL, { body: { logLevel: 'debug' } });
    clock.advance(1000);
    await admin('PATCH', ALL, {
      authorization: tokenOf('second', 'admin'),
      body: { logLevel: null, purchase: { capacity: 5 } },
    });
    const history = await admin('GET', `${ALL}/history`, { query: 'limit=1' });
    expect(history).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(history.json).toEqual({
      items: [
        {
          version: 2,
          at: '2030-01-01T00:00:01.000Z',
          by: 'second',
          changes: [
            { name: 'logLevel', from: 'debug', to: null },
            { name: 'purchase.capacity', from: null, to: 5 },
          ],
        },
      ],
      nextCursor: '32',
    });
    const older = await admin('GET', `${ALL}/history`, { query: 'limit=1&cursor=32' });
    expect(older.json).toMatchObject({ items: [{ version: 1, by: 'boss' }] });
    expect(older.json).not.toHaveProperty('nextCursor');
  });

  it.each(['cursor=30', 'cursor=', 'cursor=3a', 'limit=0', 'since=1'])('is refused for %s', async (query) => {
    const { admin } = adminRig();
    expect(await admin('GET', `${ALL}/history`, { query })).toMatchObject({ status: 422 });
  });
});
