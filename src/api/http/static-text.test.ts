import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { noStream } from '../../../test/support/no-stream.ts';
import { codingFor, staticText } from './static-text.ts';

const TEXT = 'a text that never changes, '.repeat(100);
const send = staticText(TEXT, 'text/plain', [['x-own', '1']]);

function ask(acceptEncoding: string, ifNoneMatch = '') {
  const sent: { status: number; body: Buffer; headers: Record<string, string> }[] = [];
  send(
    { acceptEncoding, ifNoneMatch },
    {
      open: true,
      stream: noStream,
      send: (status, _type, body, headers = []) =>
        void sent.push({ status, body: Buffer.from(body as Uint8Array), headers: Object.fromEntries(headers) }),
    },
  );
  return sent[0];
}

describe('a static text', () => {
  it('is sent in a coding that the client accepts', () => {
    const [br, gzip, plain] = [ask('gzip, deflate, br'), ask('gzip'), ask('')];
    expect([br, gzip, plain].map((answer) => answer?.headers['content-encoding'])).toEqual(['br', 'gzip', undefined]);
    expect(brotliDecompressSync(br?.body ?? '').toString()).toBe(TEXT);
    expect(gunzipSync(gzip?.body ?? '').toString()).toBe(TEXT);
    expect(plain?.body.toString()).toBe(TEXT);
    for (const answer of [br, gzip, plain]) {
      expect(answer?.headers).toMatchObject({ 'x-own': '1', vary: 'accept-encoding', 'cache-control': 'no-cache' });
    }
  });

  it('has a tag for each coding, and is answered 304 to a client that has it', () => {
    const tags = ['br', 'gzip', ''].map((coding) => ask(coding)?.headers.etag ?? '');
    expect(new Set(tags).size).toBe(3);
    for (const [n, coding] of ['br', 'gzip', ''].entries()) {
      expect(ask(coding, `"x", W/${tags[n]}`)).toMatchObject({ status: 304, headers: { etag: tags[n] } });
      expect(ask(coding, tags[(n + 1) % 3])).toMatchObject({ status: 200 });
    }
  });

  it.each([
    ['', 'identity'],
    ['identity', 'identity'],
    ['br', 'br'],
    ['gzip;q=1.0, br;q=0', 'gzip'],
    ['gzip;q=0, *', 'br'],
    ['*;q=0', 'identity'],
    ['BR ; q=0.1', 'br'],
    ['deflate, zstd', 'identity'],
    ['br;q=x', 'identity'],
  ])('is sent to a client that accepts %j as %s', (accepted, coding) => expect(codingFor(accepted)).toBe(coding));
});
