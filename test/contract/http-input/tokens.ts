import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HttpDriver } from './driver.ts';

export function tokenInput(http: HttpDriver): void {
  describe('a token', () => {
    const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = () => ({ sub: 'forger', role: 'admin', exp: Math.floor(Date.now() / 1000) + 60 });

    function signed(header: unknown, payload: unknown, digest: string, secret: string): string {
      const input = `${base64url(header)}.${base64url(payload)}`;
      return `${input}.${createHmac(digest, secret).update(input).digest('base64url')}`;
    }

    async function expectUnauthenticated(authorization: string): Promise<void> {
      const response = await http.ask(http.purchase(authorization === '' ? '' : `Authorization: ${authorization}\r\n`));
      http.expectProblem(response, 401, 'unauthenticated');
      expect(response?.headers['www-authenticate']).toMatch(/^Bearer/);
    }

    it('is required to buy', async () => {
      await expectUnauthenticated('');
      await expectUnauthenticated('Bearer');
      await expectUnauthenticated('Bearer x');
      await expectUnauthenticated(`Basic ${Buffer.from('u1:secret').toString('base64')}`);
      await expectUnauthenticated(http.tokenOf('u1'));
    });

    it('is refused when it has expired, is not valid yet, or is forged', async () => {
      const header = { alg: 'HS256', typ: 'JWT' };
      await expectUnauthenticated(`Bearer ${signed(header, { ...claims(), exp: 1 }, 'sha256', http.front.secret)}`);
      await expectUnauthenticated(
        `Bearer ${signed(header, { ...claims(), nbf: claims().exp }, 'sha256', http.front.secret)}`,
      );
      await expectUnauthenticated(
        `Bearer ${signed(header, { ...claims(), exp: undefined }, 'sha256', http.front.secret)}`,
      );
      await expectUnauthenticated(`Bearer ${signed(header, { ...claims(), sub: '' }, 'sha256', http.front.secret)}`);
      await expectUnauthenticated(
        `Bearer ${signed(header, { ...claims(), role: 'root' }, 'sha256', http.front.secret)}`,
      );
      await expectUnauthenticated(`Bearer ${signed(header, claims(), 'sha256', `${http.front.secret}x`)}`);
      const good = signed(header, claims(), 'sha256', http.front.secret);
      expect((await http.ask(http.purchase(`Authorization: Bearer ${good}\r\n`)))?.status).toBe(201);
      const [head = '', , signature = ''] = good.split('.');
      await expectUnauthenticated(`Bearer ${head}.${base64url({ ...claims(), sub: 'other' })}.${signature}`);
    });

    it('is refused with any algorithm but HS256', async () => {
      await expectUnauthenticated(`Bearer ${base64url({ alg: 'none' })}.${base64url(claims())}.`);
      await expectUnauthenticated(`Bearer ${signed({ alg: 'none' }, claims(), 'sha256', http.front.secret)}`);
      await expectUnauthenticated(`Bearer ${signed({ alg: 'HS512' }, claims(), 'sha512', http.front.secret)}`);
      await expectUnauthenticated(`Bearer ${signed({ alg: 'RS256' }, claims(), 'sha256', http.front.secret)}`);
    });
  });
}
