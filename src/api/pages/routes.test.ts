import { describe, expect, it } from 'vitest';
import { noStream } from '../../../test/support/no-stream.ts';
import type { HeaderPairs, HttpRequest } from '../../ports/http.ts';
import { type PageFile, pageRoutes } from './routes.ts';

const file = (path: string, text: string, immutable: boolean): PageFile => ({
  ...{ path, contentType: 'text/plain', immutable },
  body: new TextEncoder().encode(text),
});

function serve(files: readonly PageFile[], path: string, ifNoneMatch = '') {
  const route = pageRoutes(files).find(({ pattern }) => pattern === path);
  let sent: { status: number; type: string; body: string; headers: Record<string, string> } | undefined;
  void route?.handle({ ifNoneMatch } as HttpRequest, {
    open: true,
    stream: noStream,
    send: (status, type, body, headers: HeaderPairs = []) => {
      sent = { status, type, body: Buffer.from(body as Uint8Array).toString(), headers: Object.fromEntries(headers) };
    },
  });
  return sent;
}

describe('the page', () => {
  it('is revalidated each time, under a policy that allows its own files only', () => {
    const index = serve([file('/', 'one', false)], '/');
    expect(index).toMatchObject({ status: 200, type: 'text/plain', body: 'one' });
    expect(index?.headers['cache-control']).toBe('no-cache');
    const policy = index?.headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|\*/);
    for (const never of ['base-uri', 'form-action', 'frame-ancestors']) expect(policy).toContain(`${never} 'none'`);
    expect(index?.headers['referrer-policy']).toBe('no-referrer');
  });

  it('has an ETag that changes with its content only', () => {
    const tag = (text: string) => serve([file('/', text, false)], '/')?.headers.etag;
    expect(tag('one')).toMatch(/^"[\w-]+"$/);
    expect(tag('one')).toBe(tag('one'));
    expect(tag('one')).not.toBe(tag('two'));
  });

  it('and its assets are answered 304 to a client that has them', () => {
    const files = [file('/', 'one', false), file('/assets/a-1.js', 'x', true)];
    for (const path of ['/', '/assets/a-1.js']) {
      const etag = serve(files, path)?.headers.etag;
      expect(serve(files, path, `"old", W/${etag}`)).toMatchObject({ status: 304, body: '', headers: { etag } });
      expect(serve(files, path, '"old"')).toMatchObject({ status: 200 });
    }
  });

  it('has assets that are cached indefinitely', () => {
    const asset = serve([file('/assets/a-1.js', 'x', true)], '/assets/a-1.js');
    expect(asset?.headers).toEqual({
      'cache-control': 'public, max-age=31536000, immutable',
      etag: expect.stringMatching(/^"[\w-]+"$/),
    });
  });

  it('has no routes when it was not built', () => {
    expect(pageRoutes([])).toEqual([]);
  });
});
