import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '../../src/api/issue-token.ts';
import { RawClient, type RawResponse } from '../support/raw-http.ts';

export interface HttpFrontUnderTest {
  readonly port: number;
  /** Of the tokens, HS256. */
  readonly secret: string;
  /** A live sale that doesn't run out and has no limit worth the name. */
  readonly saleId: string;
  /** Orders that a user has by now. */
  readonly ordersOf: (userId: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

export interface HttpFrontTraits {
  /** Whether a request line may come in two TCP segments, cut anywhere. */
  readonly splitRequestLine: boolean;
}

const MAX_BODY = 16 * 1024;

/** What every front, and the whole application behind it, must do with good, bad and hostile input. */
export function httpInputContract(start: () => Promise<HttpFrontUnderTest>, traits: HttpFrontTraits): void {
  let front: HttpFrontUnderTest;
  let client: RawClient;
  const clients: RawClient[] = [];
  let users = 0;

  beforeAll(async () => {
    front = await start();
  });
  afterAll(() => front.stop());
  afterEach(async () => {
    for (const one of clients.splice(0)) one.hangUp();
    // Whatever a test did, the front lives, and the next client is served.
    expect(await ask('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')).toMatchObject({
      status: 200,
      body: '{"status":"ok"}',
    });
    for (const one of clients.splice(0)) one.hangUp();
  });

  async function open(): Promise<RawClient> {
    client = await RawClient.open(front.port);
    clients.push(client);
    return client;
  }

  async function ask(...parts: readonly string[]): Promise<RawResponse | undefined> {
    const one = await open();
    await one.send(...parts);
    return one.response({ bodiless: parts[0]?.startsWith('HEAD') ?? false });
  }

  function newUser(): { readonly userId: string; readonly authorization: string } {
    users += 1;
    const userId = `input-${process.pid}-${users}`;
    return { userId, authorization: `Authorization: Bearer ${tokenOf(userId)}\r\n` };
  }

  function tokenOf(userId: string, ttlSeconds = 60): string {
    return issueToken({ secret: front.secret, userId, role: 'buyer', ttlSeconds });
  }

  function purchase(headers: string, body = '', saleId = front.saleId): string {
    const length = /^content-length:|^transfer-encoding:/im.test(headers)
      ? ''
      : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    return `POST /v1/sales/${saleId}/purchases HTTP/1.1\r\nHost: x\r\n${headers}${length}\r\n${body}`;
  }

  function json(response: RawResponse | undefined): Record<string, unknown> {
    return JSON.parse(response?.body ?? '') as Record<string, unknown>;
  }

  function expectProblem(response: RawResponse | undefined, status: number, code: string): void {
    expect(response?.headers['content-type']).toBe('application/problem+json');
    const body = json(response);
    expect(body).toMatchObject({ status, code, type: `urn:floodgate:problem:${code}` });
    expect(response?.status).toBe(status);
    expect(body['instance']).toBe(response?.headers['x-request-id']);
  }

  /** Sends a purchase that must be refused, and looks that it bought nothing. */
  async function expectRefused(
    status: number,
    code: string,
    headers: string,
    body = '',
  ): Promise<RawResponse | undefined> {
    const { userId, authorization } = newUser();
    const response = await ask(purchase(authorization + headers, body));
    expectProblem(response, status, code);
    expect(await front.ordersOf(userId)).toBe(0);
    return response;
  }

  describe('a purchase', () => {
    const jsonType = 'Content-Type: application/json\r\n';

    it.each([
      ['no body and no length', 'X-None: 1\r\n', undefined],
      ['an empty body', '', ''],
      ['an empty object', jsonType, '{}'],
      ['an empty object with space around it', 'Content-Type: Application/JSON; charset=utf-8\r\n', ' { } \n'],
      ['a type but no body', 'Content-Type: text/plain\r\n', ''],
    ])('is sold with %s', async (_name, headers, body) => {
      const { userId, authorization } = newUser();
      const head = `POST /v1/sales/${front.saleId}/purchases HTTP/1.1\r\nHost: x\r\n${authorization}${headers}`;
      const response = await ask(body === undefined ? `${head}\r\n` : purchase(authorization + headers, body));
      expect(response?.status).toBe(201);
      expect(json(response)).toMatchObject({ saleId: front.saleId, userId, state: 'reserved' });
      expect(response?.headers['location']).toBe(`/v1/orders/${json(response)['id']}`);
    });

    it('is sold to a client that writes its headers in odd case and with odd space', async () => {
      const { authorization } = newUser();
      const odd = authorization
        .replace('Authorization: Bearer ', 'aUTHORIZATION:   bEARER   ')
        .replace('\r\n', ' \t\r\n');
      expect((await ask(purchase(`${odd}CONTENT-LENGTH: 0\r\n`)))?.status).toBe(201);
    });

    it('is refused without an object in the body', async () => {
      for (const body of ['null', '[]', '1', '"x"', '[{}]', '{"quantity":2}']) {
        const response = await expectRefused(422, 'invalid', jsonType, body);
        expect(json(response)['errors']).toEqual([expect.objectContaining({ in: 'body' })]);
      }
    });

    it('is refused with a body that is not JSON in UTF-8', async () => {
      for (const body of ['{', '{}x', ' ', '\u00ff', '{"a":"\u00c3\u0028"}', "{'a':1}"]) {
        const { userId, authorization } = newUser();
        const request = `POST /v1/sales/${front.saleId}/purchases HTTP/1.1\r\nHost: x\r\n${authorization}${jsonType}`;
        const response = await ask(`${request}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`);
        expectProblem(response, 400, 'malformed');
        expect(await front.ordersOf(userId)).toBe(0);
      }
    });

    it('is refused with a body of another type', async () => {
      await expectRefused(415, 'unsupported_media_type', 'Content-Type: text/plain\r\n', '{}');
      await expectRefused(415, 'unsupported_media_type', 'Content-Type: application/jsonx\r\n', '{}');
      await expectRefused(415, 'unsupported_media_type', '', '{}');
    });

    it('is refused with a body over 16 KiB, by its length alone or once it came, and the client reads why', async () => {
      const { authorization } = newUser();
      expect((await ask(purchase(authorization + jsonType, `{${' '.repeat(MAX_BODY - 2)}}`)))?.status).toBe(201);
      await expectRefused(413, 'too_large', jsonType, `{${' '.repeat(MAX_BODY - 1)}}`);
      await expectRefused(413, 'too_large', jsonType, `{${' '.repeat(1024 * 1024)}}`);
      await expectRefused(413, 'too_large', `${jsonType}Content-Length: 999999999999999\r\n`, '');
    });

    it('is refused when two readers could disagree on where it ends', async () => {
      await expectRefused(400, 'malformed', `${jsonType}Content-Length: 2\r\nContent-Length: 2\r\n`, '{}');
      await expectRefused(400, 'malformed', `${jsonType}Content-Length: 2\r\nContent-Length: 40\r\n`, '{}');
      await expectRefused(400, 'malformed', `${jsonType}Content-Length: \r\nContent-Length: 2\r\n`, '{}');
      for (const length of ['', 'two', '+2', '-2', '2.0', '0x2', '2, 2', '1e1', '9'.repeat(30)]) {
        const { userId, authorization } = newUser();
        const response = await ask(purchase(`${authorization}${jsonType}Content-Length: ${length}\r\n`, '{}'));
        // No problem to read here: where the parser itself gives up, it answers in its own words.
        expect(response?.status).toBe(400);
        await client.closed();
        expect(await front.ordersOf(userId)).toBe(0);
      }
    });

    it('is refused in chunks', async () => {
      for (const coding of ['chunked', 'xchunked', 'Chunked', 'identity', 'gzip, chunked', '']) {
        const { userId, authorization } = newUser();
        const headers = `${authorization}${jsonType}Transfer-Encoding: ${coding}\r\n`;
        const response = await ask(purchase(headers, '2\r\n{}\r\n0\r\n\r\n'));
        // 505: uWebSockets takes an empty coding for none, and the chunks for a next request that makes no sense.
        expect([400, 411, 501, 505]).toContain(response?.status);
        expect(await front.ordersOf(userId)).toBe(0);
      }
    });

    it('never takes what follows a refused request on its connection for another one', async () => {
      const framings = ['Content-Length: \r\nContent-Length: 60', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: '];
      for (const framing of [...framings, 'Content-Length: two', 'Content-Length: 60\r\nContent-Length: 0']) {
        const { userId, authorization } = newUser();
        const smuggled = purchase(authorization);
        await ask(purchase(`${authorization}${framing}\r\n`, smuggled));
        await client.closed();
        expect(await front.ordersOf(userId)).toBe(0);
      }
    });

    it('is sold whatever segments its body comes in', async () => {
      const { authorization } = newUser();
      const head = purchase(`${authorization}${jsonType}Content-Length: 6\r\n`);
      expect((await ask(head, '{', ' ', ' ', ' ', ' ', '}'))?.status).toBe(201);
    });

    it('is not sold to a client that hangs up half-way through the body', async () => {
      const { userId, authorization } = newUser();
      const half = await open();
      await half.send(purchase(`${authorization}${jsonType}Content-Length: 10\r\n`, '{'));
      half.hangUp();
      expect((await ask('GET /v1/time HTTP/1.1\r\nHost: x\r\n\r\n'))?.status).toBe(200);
      expect(await front.ordersOf(userId)).toBe(0);
    });

    it('of a client that hangs up before the answer is sold once, and its retry is told so', async () => {
      const { userId, authorization } = newUser();
      const request = purchase(`${authorization}Idempotency-Key: gone\r\n`);
      const gone = await open();
      await gone.send(request);
      gone.hangUp();
      expect((await ask(request))?.status).toBe(201);
      expect(await front.ordersOf(userId)).toBe(1);
    });

    it('of a client that sends the next request early is answered first, or the connection ends', async () => {
      const { userId, authorization } = newUser();
      const early = await open();
      await early.send(purchase(authorization) + 'GET /v1/time HTTP/1.1\r\nHost: x\r\nX-Request-Id: second\r\n\r\n');
      const first = await early.response();
      if (first !== undefined) {
        expect(first.status).toBe(201);
        expect((await early.response())?.headers['x-request-id']).toBe('second');
      }
      expect(await front.ordersOf(userId)).toBeLessThanOrEqual(1);
    });

    it('needs no new connection each time', async () => {
      const { userId, authorization } = newUser();
      const kept = await open();
      for (let n = 0; n < 20; n += 1) {
        await kept.send(purchase(authorization + jsonType, '{}'));
        expect((await kept.response())?.status).toBe(201);
      }
      expect(await front.ordersOf(userId)).toBe(20);
    });

    it('in an unknown sale is not found, however the id is written', async () => {
      const { authorization } = newUser();
      for (const saleId of ['nowhere', '%6eowhere', 'a%20b', '%zz', '%ff', 'x'.repeat(65), '..', '\u00e9']) {
        expectProblem(await ask(purchase(authorization, '', saleId)), 404, 'not_found');
      }
    });
  });

  describe('an Idempotency-Key', () => {
    it('gets the same bytes again, and the reply says so', async () => {
      const { authorization } = newUser();
      const request = purchase(`${authorization}IDEMPOTENCY-KEY: ${'k'.repeat(255)}\r\n`);
      const first = await ask(request);
      const second = await ask(request);
      expect(first?.status).toBe(201);
      expect(first?.headers['idempotent-replayed']).toBeUndefined();
      expect(second).toMatchObject({ status: 201, body: first?.body });
      expect(second?.headers['idempotent-replayed']).toBe('true');
    });

    it('is refused when it is empty, too long, not printable ASCII, or sent twice', async () => {
      for (const key of ['', 'k'.repeat(256), 'caf\u00e9s', 'a\tb', 'a\u007fb']) {
        const response = await expectRefused(422, 'invalid', `Idempotency-Key: ${key}\r\n`);
        expect(json(response)['errors']).toEqual([expect.objectContaining({ in: 'header', path: 'Idempotency-Key' })]);
      }
      await expectRefused(400, 'malformed', 'Idempotency-Key: a\r\nIdempotency-Key: b\r\n');
    });
  });

  describe('a token', () => {
    const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = () => ({ sub: 'forger', role: 'admin', exp: Math.floor(Date.now() / 1000) + 60 });

    function signed(header: unknown, payload: unknown, digest: string, secret: string): string {
      const input = `${base64url(header)}.${base64url(payload)}`;
      return `${input}.${createHmac(digest, secret).update(input).digest('base64url')}`;
    }

    async function expectUnauthenticated(authorization: string): Promise<void> {
      const response = await ask(purchase(authorization === '' ? '' : `Authorization: ${authorization}\r\n`));
      expectProblem(response, 401, 'unauthenticated');
      expect(response?.headers['www-authenticate']).toMatch(/^Bearer/);
    }

    it('is needed to buy', async () => {
      await expectUnauthenticated('');
      await expectUnauthenticated('Bearer');
      await expectUnauthenticated('Bearer x');
      await expectUnauthenticated(`Basic ${Buffer.from('u1:secret').toString('base64')}`);
      await expectUnauthenticated(tokenOf('u1'));
    });

    it('is refused when it has expired, is not valid yet, or is forged', async () => {
      const header = { alg: 'HS256', typ: 'JWT' };
      await expectUnauthenticated(`Bearer ${signed(header, { ...claims(), exp: 1 }, 'sha256', front.secret)}`);
      await expectUnauthenticated(
        `Bearer ${signed(header, { ...claims(), nbf: claims().exp }, 'sha256', front.secret)}`,
      );
      await expectUnauthenticated(`Bearer ${signed(header, { ...claims(), exp: undefined }, 'sha256', front.secret)}`);
      await expectUnauthenticated(`Bearer ${signed(header, { ...claims(), sub: '' }, 'sha256', front.secret)}`);
      await expectUnauthenticated(`Bearer ${signed(header, { ...claims(), role: 'root' }, 'sha256', front.secret)}`);
      await expectUnauthenticated(`Bearer ${signed(header, claims(), 'sha256', `${front.secret}x`)}`);
      const good = signed(header, claims(), 'sha256', front.secret);
      expect((await ask(purchase(`Authorization: Bearer ${good}\r\n`)))?.status).toBe(201);
      const [head = '', , signature = ''] = good.split('.');
      await expectUnauthenticated(`Bearer ${head}.${base64url({ ...claims(), sub: 'other' })}.${signature}`);
    });

    it('is refused with any algorithm but HS256', async () => {
      await expectUnauthenticated(`Bearer ${base64url({ alg: 'none' })}.${base64url(claims())}.`);
      await expectUnauthenticated(`Bearer ${signed({ alg: 'none' }, claims(), 'sha256', front.secret)}`);
      await expectUnauthenticated(`Bearer ${signed({ alg: 'HS512' }, claims(), 'sha512', front.secret)}`);
      await expectUnauthenticated(`Bearer ${signed({ alg: 'RS256' }, claims(), 'sha256', front.secret)}`);
    });
  });

  describe('a request', () => {
    const H = 'Host: x\r\n';

    it('to nowhere is not found', async () => {
      for (const path of [
        '/',
        '/v1',
        '/v1/sales/',
        '/v1/orders/x/y',
        '/V1/sales',
        `/${'x'.repeat(3000)}`,
        '/%zz',
        '/%00',
      ]) {
        expectProblem(await ask(`GET ${path} HTTP/1.1\r\n${H}\r\n`), 404, 'not_found');
      }
    });

    it('by a method that the path does not know is told which it knows', async () => {
      const wrong = await ask(`DELETE /v1/sales HTTP/1.1\r\n${H}\r\n`);
      expectProblem(wrong, 405, 'method_not_allowed');
      expect(wrong?.headers['allow']).toBe('GET, HEAD, OPTIONS');
      const get = await ask(`GET /v1/sales/${front.saleId}/purchases HTTP/1.1\r\n${H}\r\n`);
      expectProblem(get, 405, 'method_not_allowed');
      expect(get?.headers['allow']).toBe('POST, OPTIONS');
      const put = await ask(`PUT /v1/time HTTP/1.1\r\n${H}Content-Length: 2\r\n\r\n{}`);
      expectProblem(put, 405, 'method_not_allowed');
    });

    it('by OPTIONS is told the methods of the path', async () => {
      const options = await ask(`OPTIONS /v1/sales/x/purchases HTTP/1.1\r\n${H}\r\n`);
      expect(options).toMatchObject({ status: 204, body: '' });
      expect(options?.headers['allow']).toBe('POST, OPTIONS');
      expectProblem(await ask(`OPTIONS /nowhere HTTP/1.1\r\n${H}\r\n`), 404, 'not_found');
    });

    it('by HEAD gets the headers of GET and no body, and the connection goes on', async () => {
      const get = await ask(`GET /healthz HTTP/1.1\r\n${H}\r\n`);
      const head = await ask(`HEAD /healthz HTTP/1.1\r\n${H}\r\n`);
      expect(head?.status).toBe(200);
      for (const name of ['content-type', 'content-length']) expect(head?.headers[name]).toBe(get?.headers[name]);
      await client.send(`GET /healthz HTTP/1.1\r\n${H}\r\n`);
      expect(await client.response()).toMatchObject({ status: 200, body: '{"status":"ok"}' });
      expect((await ask(`HEAD /nowhere HTTP/1.1\r\n${H}\r\n`))?.status).toBe(404);
    });

    it('with a query that breaks the schema is told where', async () => {
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
        const response = await ask(`GET /v1/sales?${query} HTTP/1.1\r\n${H}\r\n`);
        expectProblem(response, 422, 'invalid');
        expect(json(response)['errors']).toEqual([expect.objectContaining({ in: 'query' })]);
      }
      expect((await ask(`GET /v1/sales?limit=100&phase=live HTTP/1.1\r\n${H}\r\n`))?.status).toBe(200);
    });

    it('with a sane id keeps it, and any other gets a new one that is safe to repeat', async () => {
      const kept = await ask(`GET /healthz HTTP/1.1\r\n${H}X-Request-Id: a.B:1_2-3\r\n\r\n`);
      expect(kept?.headers['x-request-id']).toBe('a.B:1_2-3');
      const given = new Set<string | undefined>();
      for (const id of ['', 'a b', 'x'.repeat(129), 'a%0d%0aSet-Cookie: b=c', '"}', '\u00e9', 'a;b']) {
        const response = await ask(`GET /nowhere HTTP/1.1\r\n${H}X-Request-Id: ${id}\r\n\r\n`);
        expectProblem(response, 404, 'not_found');
        expect(response?.headers['x-request-id']).toMatch(/^[\w.:-]{1,128}$/);
        expect(response?.headers['set-cookie']).toBeUndefined();
        given.add(response?.headers['x-request-id']);
      }
      expect(given.size).toBe(7);
    });

    it('with a line break in a header value is never answered with that header', async () => {
      const injected = await open();
      await injected.send(`GET /healthz HTTP/1.1\r\n${H}X-Request-Id: a\r\nSet-Cookie: b=c\r\n\r\n`);
      const response = await injected.response();
      expect(response?.headers['x-request-id']).toBe('a');
      expect(response?.headers['set-cookie']).toBeUndefined();
    });

    it('cut into segments anywhere behind its first line is served', async () => {
      const line = `GET /v1/sales/${front.saleId} HTTP/1.1\r\n`;
      const rest = `${H}X-Request-Id: split\r\nAccept: */*\r\n\r\n`;
      for (let cut = 0; cut <= rest.length; cut += 1) {
        const response = await ask(line + rest.slice(0, cut), rest.slice(cut));
        expect(response).toMatchObject({ status: 200, headers: { 'x-request-id': 'split' } });
        client.hangUp();
      }
    });

    it('cut into segments within its first line is served, or refused as a whole', async () => {
      const { userId, authorization } = newUser();
      const request = purchase(authorization);
      const lineLength = request.indexOf('\r\n');
      let served = 0;
      for (let cut = 1; cut < lineLength; cut += 1) {
        const response = await ask(request.slice(0, cut), request.slice(cut));
        expect(traits.splitRequestLine ? [201] : [201, 505]).toContain(response?.status);
        if (response?.status === 201) served += 1;
        client.hangUp();
      }
      expect(await front.ordersOf(userId)).toBe(served);
    });

    it('that is not HTTP/1.1 is refused', async () => {
      for (const text of [
        '\u0016\u0003\u0001\u0002garbage\r\n\r\n',
        `GET /healthz HTTP/1.0\r\n${H}\r\n`.replace('GET', 'G\u0000T'),
      ]) {
        const response = await ask(text);
        expect(response === undefined || response.status >= 400).toBe(true);
      }
    });
  });
}
