import { describe, expect, it } from 'vitest';
import type { HttpDriver } from './driver.ts';

export function requestInput(http: HttpDriver): void {
  describe('a header', () => {
    it('whose name has a character that HTTP does not allow is refused at once', async () => {
      for (const name of [
        'a b',
        'a@b',
        'a(b)',
        'a[b',
        'é',
        'a/b',
        'a"b',
        'a\tb',
        'a\u0001b',
        'a\u0000b',
        'b ',
        '{c}',
      ]) {
        const client = await http.open();
        await client.send(`GET /healthz HTTP/1.1\r\nHost: x\r\n${name}: 1\r\n\r\n`);
        expect(await client.response(), name).toMatchObject({ status: 400 });
        expect(await client.closed(), name).toBe('');
      }
    });

    it('is read in whatever segments it arrives, its name included', async () => {
      const line = 'GET /healthz HTTP/1.1\r\n';
      const headers = 'Host: x\r\nX-Some-Name: a value\r\nx_other!: b\r\n\r\n';
      const client = await http.open();
      for (let at = 1; at < headers.length; at += 1) {
        await client.send(line + headers.slice(0, at), headers.slice(at));
        expect(await client.response(), `split at ${at}`).toMatchObject({ status: 200 });
      }
    });
  });

  describe('a request', () => {
    const H = 'Host: x\r\n';

    it('for an unknown path is not found', async () => {
      for (const path of [
        '//',
        '/v1',
        '/v1/sales/',
        '/v1/orders/x/y',
        '/V1/sales',
        `/${'x'.repeat(3000)}`,
        '/%zz',
        '/%00',
      ]) {
        http.expectProblem(await http.ask(`GET ${path} HTTP/1.1\r\n${H}\r\n`), 404, 'not_found');
      }
    });

    it('by a method that the path does not support is refused with a list of those it does', async () => {
      const wrong = await http.ask(`DELETE /v1/sales HTTP/1.1\r\n${H}\r\n`);
      http.expectProblem(wrong, 405, 'method_not_allowed');
      expect(wrong?.headers.allow).toBe('GET, HEAD, OPTIONS');
      const get = await http.ask(`GET /v1/sales/${http.front.saleId}/purchases HTTP/1.1\r\n${H}\r\n`);
      http.expectProblem(get, 405, 'method_not_allowed');
      expect(get?.headers.allow).toBe('POST, OPTIONS');
      const put = await http.ask(`PUT /v1/time HTTP/1.1\r\n${H}Content-Length: 2\r\n\r\n{}`);
      http.expectProblem(put, 405, 'method_not_allowed');
    });

    it('by OPTIONS gets the methods of the path', async () => {
      const options = await http.ask(`OPTIONS /v1/sales/x/purchases HTTP/1.1\r\n${H}\r\n`);
      expect(options).toMatchObject({ status: 204, body: '' });
      expect(options?.headers.allow).toBe('POST, OPTIONS');
      http.expectProblem(await http.ask(`OPTIONS /nowhere HTTP/1.1\r\n${H}\r\n`), 404, 'not_found');
    });

    it('by HEAD gets the headers of GET without a body, and the connection stays open', async () => {
      const get = await http.ask(`GET /healthz HTTP/1.1\r\n${H}\r\n`);
      const head = await http.ask(`HEAD /healthz HTTP/1.1\r\n${H}\r\n`);
      expect(head?.status).toBe(200);
      for (const name of ['content-type', 'content-length']) expect(head?.headers[name]).toBe(get?.headers[name]);
      await http.client.send(`GET /healthz HTTP/1.1\r\n${H}\r\n`);
      expect(await http.client.response()).toMatchObject({ status: 200, body: '{"status":"ok"}' });
      expect((await http.ask(`HEAD /nowhere HTTP/1.1\r\n${H}\r\n`))?.status).toBe(404);
    });

    it('with a query that violates the schema is refused with the place', async () => {
      for (const query of [
        'limit=0',
        'limit=101',
        'limit=1.0',
        'limit=',
        'phase=soon',
        'cursor=%00',
        'x=1',
        'limit=1&limit=2',
        '__proto__=1',
      ]) {
        const response = await http.ask(`GET /v1/sales?${query} HTTP/1.1\r\n${H}\r\n`);
        http.expectProblem(response, 422, 'invalid');
        expect(http.json(response).errors).toEqual([expect.objectContaining({ in: 'query' })]);
      }
      for (const query of [
        'limit=100&phase=live',
        'utm_source=mail&utm_medium=x&utm_source=twice',
        'limit=1&UTM_Campaign=%C3%A9&gclid=a&fbclid=b&msclkid=c',
        '_ga=1&mc_eid=2&mtm_campaign=3&limit=2',
      ]) {
        expect((await http.ask(`GET /v1/sales?${query} HTTP/1.1\r\n${H}\r\n`))?.status).toBe(200);
      }
      for (const query of ['utmsource=1', 'clid=1', 'utm_source=1&x=1', 'limit=0&gclid=1']) {
        http.expectProblem(await http.ask(`GET /v1/sales?${query} HTTP/1.1\r\n${H}\r\n`), 422, 'invalid');
      }
    });

    it('keeps an id that is safe to repeat, and any other is replaced by one that is', async () => {
      const kept = await http.ask(`GET /healthz HTTP/1.1\r\n${H}X-Request-Id: a.B:1_2-3\r\n\r\n`);
      expect(kept?.headers['x-request-id']).toBe('a.B:1_2-3');
      const given = new Set<string | undefined>();
      for (const id of ['', 'a b', 'x'.repeat(129), 'a%0d%0aSet-Cookie: b=c', '"}', '\u00e9', 'a;b']) {
        const response = await http.ask(`GET /nowhere HTTP/1.1\r\n${H}X-Request-Id: ${id}\r\n\r\n`);
        http.expectProblem(response, 404, 'not_found');
        expect(response?.headers['x-request-id']).toMatch(/^[\w.:-]{1,128}$/);
        expect(response?.headers['set-cookie']).toBeUndefined();
        given.add(response?.headers['x-request-id']);
      }
      expect(given.size).toBe(7);
    });

    it('with a line break in a header value is never answered with that header', async () => {
      const injected = await http.open();
      await injected.send(`GET /healthz HTTP/1.1\r\n${H}X-Request-Id: a\r\nSet-Cookie: b=c\r\n\r\n`);
      const response = await injected.response();
      expect(response?.headers['x-request-id']).toBe('a');
      expect(response?.headers['set-cookie']).toBeUndefined();
    });

    it('split into segments anywhere after its first line is served', async () => {
      const line = `GET /v1/sales/${http.front.saleId} HTTP/1.1\r\n`;
      const rest = `${H}X-Request-Id: split\r\nAccept: */*\r\n\r\n`;
      for (let cut = 0; cut <= rest.length; cut += 1) {
        const response = await http.ask(line + rest.slice(0, cut), rest.slice(cut));
        expect(response).toMatchObject({ status: 200, headers: { 'x-request-id': 'split' } });
        http.client.hangUp();
      }
    });

    it('split into segments within its first line is served, or refused as a whole', async () => {
      const { userId, authorization } = http.newUser();
      const request = http.purchase(authorization);
      const lineLength = request.indexOf('\r\n');
      let served = 0;
      for (let cut = 1; cut < lineLength; cut += 1) {
        const response = await http.ask(request.slice(0, cut), request.slice(cut));
        expect(http.traits.splitRequestLine ? [201] : [201, 505]).toContain(response?.status);
        if (response?.status === 201) served += 1;
        http.client.hangUp();
      }
      expect(await http.front.ordersOf(userId)).toBe(served);
    });

    it.each([
      ['in HTTP/1.0', `GET /healthz HTTP/1.0\r\n${H}\r\n`],
      ['in HTTP/1.0 without a host', 'OPTIONS / HTTP/1.0\r\n\r\n'],
      ['for a whole URL', `GET http://x/healthz HTTP/1.1\r\n${H}\r\n`],
      ['for *', `OPTIONS * HTTP/1.1\r\n${H}\r\n`],
    ])('%s is refused in JSON, and the connection is closed', async (_what, text) => {
      const response = await http.ask(text);
      expect([400, 505]).toContain(response?.status);
      expect(response?.headers['content-type']).toBe('application/problem+json');
      expect(http.json(response)).toMatchObject({ status: response?.status, code: 'malformed' });
      if (text.includes('Host')) expect(http.json(response).detail).toContain('HTTP/1.1 and a path');
      await http.client.closed();
    });

    it('that is not HTTP/1.1 is refused', async () => {
      for (const text of [
        '\u0016\u0003\u0001\u0002garbage\r\n\r\n',
        `GET /healthz HTTP/1.0\r\n${H}\r\n`.replace('GET', 'G\u0000T'),
      ]) {
        const response = await http.ask(text);
        expect(response === undefined || response.status >= 400).toBe(true);
      }
    });
  });
}
