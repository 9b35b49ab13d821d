import { describe, expect, it } from 'vitest';
import { type HttpDriver, MAX_BODY } from './driver.ts';

export function purchaseInput(http: HttpDriver): void {
  describe('a purchase', () => {
    const jsonType = 'Content-Type: application/json\r\n';

    it.each([
      ['no body and no length', 'X-None: 1\r\n', undefined],
      ['an empty body', '', ''],
      ['an empty object', jsonType, '{}'],
      ['an empty object with space around it', 'Content-Type: Application/JSON; charset=utf-8\r\n', ' { } \n'],
      ['a type but no body', 'Content-Type: text/plain\r\n', ''],
    ])('is sold with %s', async (_name, headers, body) => {
      const { userId, authorization } = http.newUser();
      const head = `POST /v1/sales/${http.front.saleId}/purchases HTTP/1.1\r\nHost: x\r\n${authorization}${headers}`;
      const response = await http.ask(
        body === undefined ? `${head}\r\n` : http.purchase(authorization + headers, body),
      );
      expect(response?.status).toBe(201);
      expect(http.json(response)).toMatchObject({ saleId: http.front.saleId, userId, state: 'reserved' });
      expect(response?.headers.location).toBe(`/v1/orders/${http.json(response).id}`);
    });

    it('is sold to a client that writes its headers in unusual case and with extra space', async () => {
      const { authorization } = http.newUser();
      const unusual = authorization
        .replace('Authorization: Bearer ', 'aUTHORIZATION:   bEARER   ')
        .replace('\r\n', ' \t\r\n');
      expect((await http.ask(http.purchase(`${unusual}CONTENT-LENGTH: 0\r\n`)))?.status).toBe(201);
    });

    it('is refused without an object in the body', async () => {
      for (const body of ['null', '[]', '1', '"x"', '[{}]', '{"quantity":21}', '{"quantity":"2"}', '{"more":2}']) {
        const response = await http.expectRefused(422, 'invalid', jsonType, body);
        expect(http.json(response).errors).toEqual([expect.objectContaining({ in: 'body' })]);
      }
    });

    it('is refused with a body that is not JSON in UTF-8', async () => {
      for (const body of ['{', '{}x', ' ', '\u00ff', '{"a":"\u00c3\u0028"}', "{'a':1}"]) {
        const { userId, authorization } = http.newUser();
        const request = `POST /v1/sales/${http.front.saleId}/purchases HTTP/1.1\r\nHost: x\r\n${authorization}${jsonType}`;
        const response = await http.ask(
          `${request}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`,
        );
        http.expectProblem(response, 400, 'malformed');
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('is refused with a body of another type', async () => {
      await http.expectRefused(415, 'unsupported_media_type', 'Content-Type: text/plain\r\n', '{}');
      await http.expectRefused(415, 'unsupported_media_type', 'Content-Type: application/jsonx\r\n', '{}');
      await http.expectRefused(415, 'unsupported_media_type', '', '{}');
    });

    it('is refused with a body over 16 KiB, by its length alone or after it has arrived, and the client can read the answer', async () => {
      const { authorization } = http.newUser();
      expect((await http.ask(http.purchase(authorization + jsonType, `{${' '.repeat(MAX_BODY - 2)}}`)))?.status).toBe(
        201,
      );
      await http.expectRefused(413, 'too_large', jsonType, `{${' '.repeat(MAX_BODY - 1)}}`);
      await http.expectRefused(413, 'too_large', jsonType, `{${' '.repeat(1024 * 1024)}}`);
      await http.expectRefused(413, 'too_large', `${jsonType}Content-Length: 999999999999999\r\n`, '');
    });

    it('can be repeated on one connection', async () => {
      const { userId, authorization } = http.newUser();
      const kept = await http.open();
      for (let n = 0; n < 20; n += 1) {
        await kept.send(http.purchase(authorization + jsonType, '{}'));
        expect((await kept.response())?.status).toBe(201);
      }
      expect(await http.front.ordersOf(userId)).toBe(20);
    });

    it('in an unknown sale is not found, however the id is encoded', async () => {
      const { authorization } = http.newUser();
      for (const saleId of ['nowhere', '%6eowhere', 'a%20b', '%zz', '%ff', 'x'.repeat(65), '..']) {
        http.expectProblem(await http.ask(http.purchase(authorization, '', saleId)), 404, 'not_found');
      }
      const [status, code] = http.traits.strictCharacters
        ? ([400, 'malformed'] as const)
        : ([404, 'not_found'] as const);
      http.expectProblem(await http.ask(http.purchase(authorization, '', '\u00e9')), status, code);
    });
  });

  describe('a header that may be sent once', () => {
    it.each([
      ['Authorization', 'Bearer x'],
      ['Content-Type', 'application/json'],
      ['Idempotency-Key', 'k1'],
      ['Floodgate-Signature', 't=1,v1=2'],
    ])('is refused when it is sent twice, also when one of the two is empty: %s', async (name, value) => {
      for (const [first, second] of [
        ['', value],
        [value, ''],
        ['', ''],
        [value, value],
      ]) {
        const { userId, authorization } = http.newUser();
        const twice = `${name}: ${first}\r\n${name}: ${second}\r\n`;
        const response = await http.ask(http.purchase(`${name === 'Authorization' ? '' : authorization}${twice}`, ''));
        http.expectProblem(response, 400, 'malformed');
        expect(http.json(response).detail).toBe(`The header ${name.toLowerCase()} was sent twice.`);
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('is refused when a valid token follows an empty one, or the other way round', async () => {
      for (const order of [0, 1]) {
        const { userId, authorization } = http.newUser();
        const headers = ['Authorization: \r\n', authorization];
        if (order === 1) headers.reverse();
        http.expectProblem(await http.ask(http.purchase(headers.join(''))), 400, 'malformed');
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });
  });

  describe('an Idempotency-Key', () => {
    it('gets the same bytes again, marked as replayed', async () => {
      const { authorization } = http.newUser();
      const request = http.purchase(`${authorization}IDEMPOTENCY-KEY: ${'k'.repeat(255)}\r\n`);
      const first = await http.ask(request);
      const second = await http.ask(request);
      expect(first?.status).toBe(201);
      expect(first?.headers['idempotent-replayed']).toBeUndefined();
      expect(second).toMatchObject({ status: 201, body: first?.body });
      expect(second?.headers['idempotent-replayed']).toBe('true');
    });

    it('is the same with blanks and tabs around it', async () => {
      const { userId, authorization } = http.newUser();
      const answers: unknown[] = [];
      for (const value of ['k 1', '  k 1', 'k 1  ', '\tk 1\t ', ' \t k 1']) {
        answers.push((await http.ask(http.purchase(`${authorization}Idempotency-Key: ${value}\r\n`)))?.body);
      }
      expect(new Set(answers).size).toBe(1);
      expect(await http.front.ordersOf(userId)).toBe(1);
    });

    it('is refused when it is empty, too long, not printable ASCII, or sent twice', async () => {
      const unprintable = http.traits.strictCharacters ? [] : ['a\u007fb'];
      for (const key of ['', ' ', ' \t ', 'k'.repeat(256), 'caf\u00e9s', 'a\tb', ...unprintable]) {
        const response = await http.expectRefused(422, 'invalid', `Idempotency-Key: ${key}\r\n`);
        expect(http.json(response).errors).toEqual([
          expect.objectContaining({ in: 'header', path: 'Idempotency-Key' }),
        ]);
      }
      if (http.traits.strictCharacters) await http.expectRefused(400, 'malformed', 'Idempotency-Key: a\u007fb\r\n');
      await http.expectRefused(400, 'malformed', 'Idempotency-Key: a\r\nIdempotency-Key: b\r\n');
    });

    it('is refused when it begins or ends with characters that are not ASCII, not read without them', async () => {
      // In UTF-8, in Latin-1, a no-break space, and every byte that a parser might compare as a negative number.
      const letters = ['\u00c3\u00a9', '\u00e8\u00b3\u00bc\u00e5\u0085\u00a5', '\u00e9', '\u00a0', '\u0080', '\u00ff'];
      for (const letter of letters) {
        for (const key of [`order-42-${letter}`, `${letter}order-42`, letter, `a ${letter}`, `${letter}${letter} `]) {
          await http.expectRefused(422, 'invalid', `Idempotency-Key: ${key}\r\n`);
        }
      }
    });
  });

  describe('a header', () => {
    const jsonType = 'Content-Type: application/json\r\n';

    it.each(['\u00e9', '\u00c3\u00a9', '\u00a0', '\u0080', '\u00ff'])(
      'that ends or begins with %j is refused',
      async (letter) => {
        const { userId, authorization } = http.newUser();
        const token = authorization.trimEnd();
        for (const header of [`${token}${letter}`, `${token} ${letter}`, token.replace(': ', `: ${letter}`)]) {
          http.expectProblem(await http.ask(http.purchase(`${header}\r\n`)), 401, 'unauthenticated');
        }
        for (const type of [
          `application/json${letter}`,
          `${letter}application/json`,
          `application/json; a=b${letter}`,
        ]) {
          await http.expectRefused(400, 'malformed', `Content-Type: ${type}\r\n`, '{}');
        }
        await http.expectRefused(400, 'malformed', `If-Match: "1"${letter}\r\n`);
        for (const length of [`2${letter}`, `${letter}2`]) {
          const response = await http.ask(
            http.purchase(`${authorization}${jsonType}Content-Length: ${length}\r\n`, '{}'),
          );
          expect(response?.status).toBe(400);
          await http.client.closed();
        }
        expect(await http.front.ordersOf(userId)).toBe(0);
      },
    );

    it('with an unusual name is ignored', async () => {
      for (const name of ['x_request', 'a.b', 'a!b', '_', "a'b*c+d|e~f^g`h", '0']) {
        const { authorization } = http.newUser();
        expect((await http.ask(http.purchase(`${name}: 1\r\n${authorization}`)))?.status).toBe(201);
      }
    });

    it('with a control character in its value is refused at once', async () => {
      for (const value of ['a\u0001b', '\u0000', 'a\u001f', '\u0008a', `${'x'.repeat(40)}\u0002`]) {
        const response = await http.ask(http.purchase(`X-Any: ${value}\r\n${http.newUser().authorization}`));
        expect(response?.status).toBe(400);
        expect(http.json(response)).toMatchObject({ code: 'malformed' });
        await http.client.closed();
      }
    });
  });
}
