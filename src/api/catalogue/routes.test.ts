import { describe, expect, it } from 'vitest';
import { adminRig, MUG } from '../../../test/support/admin-rig.ts';
import { aSale } from '../../../test/support/sales.ts';

const ALL = '/v1/admin/products';
const ONE = '/v1/admin/products/:productId';

describe('products', () => {
  it('are created, read, changed, listed and deleted', async () => {
    const { admin } = adminRig();
    const made = await admin('POST', ALL, { body: MUG });
    const mug = { id: 'product_1', ...MUG, version: 1 };
    expect(made).toMatchObject({
      status: 201,
      json: mug,
      headers: { etag: '"1"', location: '/v1/admin/products/product_1', 'cache-control': 'no-store' },
    });
    expect(await admin('GET', ONE, { params: ['product_1'] })).toMatchObject({
      status: 200,
      json: mug,
      headers: { etag: '"1"' },
    });
    const changed = await admin('PATCH', ONE, { params: ['product_1'], body: { imageUrl: null, name: 'Cup' } });
    const cup = { id: 'product_1', name: 'Cup', description: MUG.description, version: 2 };
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(changed.json).toStrictEqual(cup);
    expect((await admin('POST', ALL, { body: { name: 'Bare' } })).json).toStrictEqual({
      id: 'product_2',
      name: 'Bare',
      description: '',
      version: 1,
    });
    const first = (await admin('GET', ALL, { query: 'limit=1' })).json;
    expect(first).toMatchObject({ items: [cup] });
    expect((await admin('GET', ALL, { query: `limit=1&cursor=${first?.nextCursor}` })).json).toMatchObject({
      items: [{ id: 'product_2' }],
    });
    expect(await admin('DELETE', ONE, { params: ['product_1'] })).toMatchObject({ status: 204, json: undefined });
    expect((await admin('GET', ONE, { params: ['product_1'] })).status).toBe(404);
  });

  it('are changed only in the version that If-Match names, if any', async () => {
    const { admin } = adminRig();
    await admin('POST', ALL, { body: MUG });
    const change = async (ifMatch: string) =>
      (await admin('PATCH', ONE, { params: ['product_1'], body: { name: 'Cup' }, ifMatch })).status;
    expect(await change('"1"')).toBe(200);
    expect(await change('"1"')).toBe(412);
    expect(await change('2')).toBe(200);
    expect(await change('')).toBe(200);
    expect(await change('*')).toBe(200);
    for (const tag of ['W/"5"', '"five"', '"5', '05x', '"-5"', '""']) expect(await change(tag), tag).toBe(412);
    expect(await change(' "5" ')).toBe(200);
    for (const list of ['"1", "2"', '"1", W/"6"', '"7","x"', '*, "1"', ',']) expect(await change(list), list).toBe(412);
    for (const list of ['"1", "6"', '"7","1"', ',"1", 8,', 'W/"9", "9"']) expect(await change(list), list).toBe(200);
  });

  it('are answered 304 to a client that has the version', async () => {
    const { admin } = adminRig();
    await admin('POST', ALL, { body: MUG });
    const get = (ifNoneMatch: string) => admin('GET', ONE, { params: ['product_1'], ifNoneMatch });
    for (const tags of ['"1"', 'W/"1"', '"0", "1"', '*']) {
      expect(await get(tags), tags).toMatchObject({ status: 304, json: undefined, headers: { etag: '"1"' } });
    }
    await admin('PATCH', ONE, { params: ['product_1'], body: { name: 'Cup' } });
    for (const tags of ['"1"', '', '2', '"1", "3"']) expect(await get(tags), tags).toMatchObject({ status: 200 });
    expect(await get('"2"')).toMatchObject({ status: 304 });
  });

  it('that a sale uses cannot be deleted', async () => {
    const { admin, catalogue } = adminRig();
    await admin('POST', ALL, { body: MUG });
    await catalogue.addSale(aSale({ productId: 'product_1', status: 'draft' }));
    expect(await admin('DELETE', ONE, { params: ['product_1'] })).toMatchObject({
      status: 409,
      json: { code: 'in_use' },
    });
  });

  it.each(['product_9', 'no such', '', 'x'.repeat(65)])('answer 404 for the id %j', async (id) => {
    const { admin } = adminRig();
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      expect(await admin(method, ONE, { params: [id], body: { name: 'Cup' } })).toMatchObject({
        status: 404,
        json: { code: 'not_found' },
      });
    }
  });

  it.each([
    [{}, ['/name']],
    [{ name: '' }, ['/name']],
    [{ name: 'x'.repeat(201) }, ['/name']],
    [{ name: 'two\nlines' }, ['/name']],
    [{ name: 'half \ud83d' }, ['/name']],
    [{ name: 'Mug', description: 'a\u0000b' }, ['/description']],
    [{ name: 'Mug', description: 'x'.repeat(4001) }, ['/description']],
    [{ name: 'Mug', imageUrl: 'javascript:alert(1)' }, ['/imageUrl']],
    [{ name: 'Mug', imageUrl: 'http://example.com/mug.png' }, ['/imageUrl']],
    [{ name: 'Mug', imageUrl: '//example.com/mug.png' }, ['/imageUrl']],
    [{ name: 'Mug', imageUrl: `https://example.com/${'x'.repeat(2048)}` }, ['/imageUrl']],
    [{ name: 'Mug', imageUrl: null }, ['/imageUrl']],
    [{ name: 5, description: 5, colour: 'blue' }, ['/colour', '/description', '/name']],
  ])('with the fields %j are refused, and each error is listed', async (body, paths) => {
    const { admin, catalogue } = adminRig();
    const { status, json } = await admin('POST', ALL, { body });
    expect([status, json?.code]).toEqual([422, 'invalid']);
    const errors = json?.errors as readonly { readonly path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(paths);
    expect(await catalogue.products({ limit: 9 })).toEqual([]);
  });

  it('may have texts in any script, over several lines', async () => {
    const { admin } = adminRig();
    const body = { name: '\u{1F3A7} Kopfhörer “Eins”', description: 'Zeile 1\r\n\tZeile 2' };
    expect((await admin('POST', ALL, { body })).json).toMatchObject(body);
  });

  it('refuse an empty change', async () => {
    const { admin } = adminRig();
    await admin('POST', ALL, { body: MUG });
    expect((await admin('PATCH', ONE, { params: ['product_1'], body: {} })).status).toBe(422);
  });
});
